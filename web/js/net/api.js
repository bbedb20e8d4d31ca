// @ts-check
/** REST: JSON in and out, one error shape. Must not know what a page does with it. */

export class ApiError extends Error {
  /**
   * @param {string} code a code of the contract, or `offline`
   * @param {Record<string, unknown>} [params]
   * @param {number} [status]
   */
  constructor(code, params = {}, status = 0) {
    super(code);
    this.code = code;
    this.params = params;
    this.status = status;
  }
}

/** @typedef {(path: string, init: RequestInit) => Promise<Response>} Fetch */

export class Api {
  /**
   * @param {Fetch} fetch
   * @param {() => void} signedOut called when the box no longer knows this session
   */
  constructor(fetch, signedOut) {
    this.fetch = fetch;
    this.signedOut = signedOut;
  }

  /** @param {string} path @returns {Promise<any>} */
  get(path) {
    return this.call("GET", path);
  }

  /** @param {string} path @param {object} [body] @returns {Promise<any>} */
  post(path, body = {}) {
    return this.call("POST", path, body);
  }

  /** @param {string} path @param {object} body @returns {Promise<any>} */
  patch(path, body) {
    return this.call("PATCH", path, body);
  }

  /** @param {string} path @returns {Promise<any>} */
  delete(path) {
    return this.call("DELETE", path);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async call(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", "X-PiChat": "1" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await this.reach(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
    });
    if (!answer.ok) throw await this.refused(answer, path);
    return answer.status === 204 ? null : answer.json();
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async reach(path, init) {
    try {
      return await this.fetch(path, init);
    } catch {
      throw new ApiError("offline");
    }
  }

  /**
   * @param {Response} answer
   * @param {string} path
   */
  async refused(answer, path) {
    const error = refusal(answer.status, await answer.text(), answer.headers.get("Retry-After"));
    if (error.code === "unauthorized" && path !== "/api/users/login") this.signedOut();
    return error;
  }
}

/**
 * The error of an answer, whichever door it came through (uploads have one of their own).
 *
 * @param {number} status
 * @param {string} text
 * @param {string | null} retryAfter
 */
export function refusal(status, text, retryAfter) {
  /** @type {{code?: string, params?: Record<string, unknown>}} */
  let error = {};
  try {
    error = JSON.parse(text).error ?? {};
  } catch {
    // Not ours: a proxy or a half answer. The status is all there is.
  }
  const params = Object.assign({}, error.params);
  if (retryAfter) params.seconds = Number(retryAfter) || 1;
  return new ApiError(error.code ?? (status === 0 ? "offline" : "internal"), params, status);
}
