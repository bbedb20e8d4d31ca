/** The real tus-js-client, for tests of the server: node tus_upload.mjs '<what to do, as JSON>'. */

import { createReadStream, readFileSync } from "node:fs";
import { Upload } from "tus-js-client";

const { endpoint, token, file, name, stream, terminate, ...options } = JSON.parse(process.argv[2]);

/** @returns {Promise<object>} */
function run() {
  return new Promise((resolve, reject) => {
    let progressed = 0;
    const upload = new Upload(stream ? createReadStream(file) : readFileSync(file), {
      endpoint,
      headers: { Authorization: `Bearer ${token}` },
      metadata: { filename: name },
      retryDelays: [0, 200, 500, 1000, 1000, 2000, 2000, 3000],
      onProgress: (sent) => {
        progressed = sent;
      },
      onChunkComplete: (size, sent) => {
        if (terminate && sent > 0) upload.abort(true).then(() => resolve({ url: upload.url, terminated: true }), reject);
      },
      onError: (error) => resolve({ error: error.message, status: error.originalResponse?.getStatus() }),
      onSuccess: ({ lastResponse }) =>
        resolve({ url: upload.url, file: lastResponse.getHeader("Upload-File"), progressed }),
      ...options,
    });
    upload.start();
  });
}

console.log(JSON.stringify(await run()));
