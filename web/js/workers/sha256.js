// @ts-check
// SHA-256 (FIPS 180-4) of a file, piece by piece, beside the page. A classic script, for browsers whose workers
// know no modules; `crypto.subtle` wants the whole file in memory, and HTTPS. Answers the sum as hexadecimal.
(function (/** @type {any} */ worker) {
  "use strict";
  var PIECE = 1024 * 1024;
  var BLOCK = 64;
  var ROUNDS = new Uint32Array(64);
  var START = new Uint32Array(8);

  // The first 32 bits of the fractions of cube and square roots of the first primes.
  for (var number = 2, found = 0; found < 64; number++) {
    var prime = true;
    for (var by = 2; by * by <= number; by++) if (number % by === 0) prime = false;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(number));
    ROUNDS[found++] = fraction(Math.cbrt(number));
  }

  /** @param {number} root */
  function fraction(root) {
    return Math.floor((root - Math.floor(root)) * 0x100000000);
  }

  function summing() {
    var state = new Uint32Array(START);
    var words = new Uint32Array(64);
    var rest = new Uint8Array(BLOCK);
    var held = 0;
    var length = 0;

    /** @param {Uint8Array} bytes @param {number} at where 64 of them begin */
    function block(bytes, at) {
      var i, s0, s1, t1, t2;
      for (i = 0; i < 16; i++, at += 4) {
        words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      }
      for (; i < 64; i++) {
        t1 = words[i - 15];
        t2 = words[i - 2];
        s0 = ((t1 >>> 7) | (t1 << 25)) ^ ((t1 >>> 18) | (t1 << 14)) ^ (t1 >>> 3);
        s1 = ((t2 >>> 17) | (t2 << 15)) ^ ((t2 >>> 19) | (t2 << 13)) ^ (t2 >>> 10);
        words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
      }
      var a = state[0] | 0, b = state[1] | 0, c = state[2] | 0, d = state[3] | 0;
      var e = state[4] | 0, f = state[5] | 0, g = state[6] | 0, h = state[7] | 0;
      for (i = 0; i < 64; i++) {
        s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i]) | 0;
        s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + t1) | 0;
        d = c;
        c = b;
        b = a;
        a = (t1 + t2) | 0;
      }
      var next = [a, b, c, d, e, f, g, h];
      for (i = 0; i < 8; i++) state[i] += next[i];
    }

    /** @param {Uint8Array} bytes */
    function add(bytes) {
      var at = 0;
      length += bytes.length;
      if (held) {
        at = Math.min(BLOCK - held, bytes.length);
        rest.set(bytes.subarray(0, at), held);
        held += at;
        if (held < BLOCK) return;
        block(rest, 0);
        held = 0;
      }
      for (; at + BLOCK <= bytes.length; at += BLOCK) block(bytes, at);
      rest.set(bytes.subarray(at), 0);
      held = bytes.length - at;
    }

    function end() {
      var bits = new DataView(new ArrayBuffer(8));
      bits.setUint32(0, Math.floor(length / 0x20000000));
      bits.setUint32(4, (length * 8) >>> 0);
      var padding = new Uint8Array((held < 56 ? 56 : 120) - held);
      padding[0] = 0x80;
      add(padding);
      add(new Uint8Array(bits.buffer));
      var text = "";
      for (var i = 0; i < 8; i++) text += ("0000000" + state[i].toString(16)).slice(-8);
      return text;
    }

    return { add: add, end: end };
  }

  worker.onmessage = function (/** @type {{data: Blob}} */ event) {
    var file = event.data;
    // @ts-ignore: known in workers alone
    var reader = new FileReaderSync();
    var sum = summing();
    for (var at = 0; at < file.size; at += PIECE) {
      sum.add(new Uint8Array(reader.readAsArrayBuffer(file.slice(at, at + PIECE))));
    }
    worker.postMessage(sum.end());
  };
})(self);
