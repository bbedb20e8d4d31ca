// @ts-check
/** Palabras de la ayuda. */
export default {
  "help.title": "Ayuda",
  "help.to_sign_in": "Volver a entrar",
  "help.connect": "Los demás no pueden conectarse",
  "help.network.title": "¿Están en la misma red?",
  "help.network.text":
    "La caja solo se ve desde la red a la que está conectada. Mira que el teléfono esté en ese mismo wifi.",
  "help.address.title": "¿Es esta la dirección?",
  "help.address.text":
    "«localhost» y «127.0.0.1» significan «este mismo aparato», y no sirven desde otro. Escribe la dirección de arriba, con http:// delante y, si los tiene, los números de detrás de los dos puntos.",
  "help.mobile.title": "Apaga los datos móviles",
  "help.mobile.text":
    "Como este wifi puede no tener internet, el teléfono a veces prefiere sus datos y no encuentra la caja. Apágalos un momento, o di que sí cuando pregunte si quieres seguir en esta red.",
  "help.isolation.title": "¿Es un wifi de invitados?",
  "help.isolation.text":
    "Muchos routers impiden que los aparatos de la red de invitados se vean entre ellos. Usa la red normal, o quita en el router el «aislamiento de clientes».",
  "help.vpn.title": "¿Hay una VPN o un navegador que ahorra datos?",
  "help.vpn.text": "Mandan las páginas por internet y no llegan a la caja. Desactívalos mientras la usas.",
  "help.firewall.title": "El cortafuegos del ordenador de la caja",
  "help.firewall.text":
    "Si PiChat corre en un ordenador con cortafuegos, hay que permitir su puerto. En Debian o Raspberry Pi OS con ufw: sudo ufw allow {port}/tcp",
  "help.restart": "Qué pasa al reiniciar",
  "help.restart_text":
    "La caja está pensada para apagarse sin miedo. Cada vez que arranca, vuelve a lo que se guardó como estable.",
  "help.goes": "Vuelve atrás",
  "help.goes_list":
    "Mensajes, salas y archivos: lo que se trajo después de guardar se va, y lo que se borró o cambió después de guardar regresa.",
  "help.stays": "Se queda siempre",
  "help.stays_list": "Las cuentas, las contraseñas, los ajustes y lo que quien administra decidió para siempre.",
  "help.restart_advice": "Si algo te importa, pide que se guarde como estable, o descárgalo antes.",
  "help.restart_link": "Guardar ahora o ver lo guardado",
  "help.questions": "Otras preguntas",
  "help.state.title": "¿Qué significa «Sin revisar»?",
  "help.state.text":
    "Que el archivo ha llegado entero pero nadie lo ha mirado. Puedes descargarlo si conoces a quien lo subió. Los archivos retenidos no se pueden descargar.",
  "help.password.title": "He olvidado la contraseña",
  "help.password.text":
    "Aquí no hay correo. Pide a quien administra la caja un enlace o un QR para elegir otra: sirve una sola vez.",
  "help.sent.title": "¿Qué significan las marcas de mis mensajes?",
  "help.sent.text":
    "Un reloj: está saliendo, o espera a que vuelva la conexión. Una marca: la caja lo tiene. Si no puede salir, lo dice y te deja volver a enviarlo.",
  "help.http.title": "El navegador dice «no es seguro»",
  "help.http.text":
    "La caja habla por http dentro de tu red, sin pasar por internet. Quien esté en la misma red podría mirar lo que viaja: no uses aquí una contraseña que uses en otro sitio.",
  "help.http_link": "Cómo abrir esta caja por https, sin ese aviso",
  "help.programs": "Desde un programa",
  "help.programs_text":
    "Todo lo que hace esta página se puede hacer desde un programa. Con curl, en una terminal de la misma red:",
  "help.curl_token": "entrar y guardar el pase",
  "help.curl_upload": "subir un archivo",
  "help.curl_list": "ver la lista",
  "help.curl_download": "descargar uno (cambia ID por el suyo)",
  "help.curl_status": "cómo está la caja",
  "help.cut.title": "Se fue la luz: ¿se ha perdido lo de hoy?",
  "help.cut.text":
    "Todavía no. Lo que no estaba guardado espera a que quien administra la caja lo recupere o lo borre. Espera un tiempo de funcionamiento (24 horas si nadie lo ha cambiado) y puede irse antes si falta sitio. En cajas que borran al arrancar, como en un aula, no espera nada.",
  "help.keep.title": "¿Cómo consigo que un archivo se quede?",
  "help.keep.text":
    "Si lo subiste tú, ábrelo en Archivos, pulsa «Cambiar» y marca «Que se conserve». Quien administra lo ve en una lista, dice sí o no, y lo que tiene el sí se puede guardar como estable.",
  "help.forever.title": "¿Qué diferencia hay entre borrar y borrar para siempre?",
  "help.forever.text":
    "Lo que se borra sin más regresa al reiniciar si estaba guardado. Lo que quien administra borra para siempre no vuelve nunca. Ni así se puede prometer que no quede rastro en la tarjeta de memoria, ni en lo que alguien ya descargó.",
  "help.stable": "Guardar y volver, para quien administra",
  "help.stable.save.title": "Guardar todo, o una parte",
  "help.stable.save.text":
    "En «Estado estable» ves qué se perdería y guardas todo o eliges: por clases, salas enteras, archivos sueltos, o los que tienen el sí para quedarse. Antes te dice cuánto ocupa y cuánto tarda. Lo que parece peligroso no entra sin un segundo sí.",
  "help.stable.saves.title": "Varios guardados",
  "help.stable.saves.text":
    "Se conservan los cinco últimos hechos a mano y dos automáticos. Puedes compararlos, comprobar cada byte, volver a otro al reiniciar, o borrarlos. Si el elegido está dañado, la caja arranca con el anterior que esté bien y lo dice.",
  "help.stable.alone.title": "Lo que hace la caja por sí sola",
  "help.stable.alone.text":
    "En «Guardar sola y olvidar» eliges si guarda cada cierto tiempo, cuánto duran los mensajes de cada sala y qué pasa tras un corte de luz: cuánto espera lo que no estaba guardado, o que cada arranque lo borre.",
  "help.stable.reset.title": "Volver ahora",
  "help.stable.reset.text":
    "Hace lo que un reinicio y borra lo que no está guardado. Puedes dar unos minutos: todos ven la cuenta atrás y cualquiera que administre puede anularla.",
  "help.stable.copy.title": "Una copia fuera de la caja",
  "help.stable.copy.text":
    "Descarga una copia de vez en cuando o, en las cajas que lo ofrecen, expórtala a una memoria USB conectada a la caja: espera a leer que ya puedes sacarla. Si la tarjeta muere, con ella se rehace la caja (pichat import --rebuild en su terminal) o se lleva lo suyo a otra («Traer una copia»). Las contraseñas solo van si lo marcas.",
  "help.stable.health.title": "Si un archivo se daña",
  "help.stable.health.text":
    "La caja relee poco a poco lo que guarda y avisa con su nombre. Se cura subiendo exactamente el mismo archivo otra vez.",
};
