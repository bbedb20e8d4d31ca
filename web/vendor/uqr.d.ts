// The part of web/vendor/uqr.js that the pages use.
export interface Options {
  ecc?: "L" | "M" | "Q" | "H";
  border?: number;
  minVersion?: number;
}
export interface Code {
  version: number;
  size: number;
  data: boolean[][];
}
export function encode(data: string, options?: Options): Code;
export function renderSVG(
  data: string,
  options?: Options & { pixelSize?: number; whiteColor?: string; blackColor?: string },
): string;
