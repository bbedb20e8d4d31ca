// web/vendor/tus.min.js is a script: it exports nothing and makes `window.tus`.
export {};
