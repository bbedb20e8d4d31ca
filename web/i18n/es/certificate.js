// @ts-check
/** Palabras de la página del certificado. */
export default {
  "certificate.title": "Abrir la caja por https",
  "certificate.back": "Volver",
  "certificate.text":
    "Por https nadie de la red puede leer lo que escribes, y el navegador deja usar el micrófono y las notificaciones. La caja firma su propio certificado: cada aparato tiene que conocerlo una vez.",
  "certificate.none": "Esta caja solo habla http. Quien la administra puede cambiarlo en sus ajustes (tls = optional).",
  "certificate.brought": "El certificado de esta caja lo puso quien la administra: no hay nada que instalar.",
  "certificate.get": "Descarga el certificado de la caja",
  "certificate.get_text": "Es un archivo pequeño, pichat.crt. En un iPhone o un iPad hazlo con Safari.",
  "certificate.download": "Descargar pichat.crt",
  "certificate.compare": "Compara su huella",
  "certificate.compare_text":
    "La misma huella (SHA-256) sale en la pantalla de la caja, en el archivo CODIGO.txt de su tarjeta mientras nadie la ha reclamado, o en la ventana donde se puso en marcha. Si no son iguales, no lo instales.",
  "certificate.install": "Instálalo",
  "certificate.android.title": "Android",
  "certificate.android.text":
    "Ajustes → Seguridad y privacidad → Más ajustes de seguridad → Cifrado y credenciales → Instalar un certificado → Certificado de AC → Instalar de todos modos, y elige pichat.crt. Los nombres cambian algo de un teléfono a otro: busca «certificado» en los ajustes.",
  "certificate.ios.title": "iPhone y iPad",
  "certificate.ios.text":
    "Ajustes → Perfil descargado → Instalar. Después, Ajustes → General → Información → Ajustes de confianza de los certificados, y activa el de PiChat.",
  "certificate.windows.title": "Windows (Chrome y Edge)",
  "certificate.windows.text":
    "Abre pichat.crt → Instalar certificado → Usuario actual → Colocar todos los certificados en el siguiente almacén → Examinar → Entidades de certificación raíz de confianza. Cierra el navegador y ábrelo otra vez.",
  "certificate.macos.title": "Mac (Safari y Chrome)",
  "certificate.macos.text":
    "Abre pichat.crt y añádelo al llavero «inicio de sesión». En Acceso a Llaveros ábrelo con dos clics, despliega «Confiar» y elige «Confiar siempre».",
  "certificate.firefox.title": "Firefox, en cualquier ordenador",
  "certificate.firefox.text":
    "Ajustes → Privacidad y seguridad → Certificados → Ver certificados → Autoridades → Importar, elige pichat.crt y marca «Confiar en esta CA para identificar sitios web».",
  "certificate.linux.title": "Linux (Chrome y Chromium)",
  "certificate.linux.text":
    "Abre chrome://certificate-manager → Certificados locales → Personalizados → Certificados de confianza → Importar, y elige pichat.crt.",
  "certificate.open": "Abre la caja",
  "certificate.open_text": "Por https se entra aparte: escribe tu usuario y tu contraseña otra vez.",
  "certificate.questions": "Preguntas",
  "certificate.skip.title": "¿Y si no lo instalo?",
  "certificate.skip.text":
    "El navegador avisa de que no conoce la caja. Puedes seguir («Avanzado»): lo que escribes va cifrado, pero el navegador no puede saber si quien contesta es tu caja.",
  "certificate.limits.title": "¿Puede la caja hacerse pasar por otra página?",
  "certificate.limits.text":
    "No. Su certificado solo vale para nombres y direcciones de redes locales: con él nadie puede ser tu banco ni ninguna página de internet.",
  "certificate.new.title": "¿Cuándo hay que repetirlo?",
  "certificate.new.text":
    "Solo si alguien devuelve la caja a como vino de fábrica, o cambia la parte de datos de su tarjeta. Reiniciar, volver a lo estable y cambiar de dirección no lo tocan.",
};
