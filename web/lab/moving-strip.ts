// The last seconds of something as a picture that moves: time to the right, now at the right edge. Makes the canvas and readies it for each
// frame; what is drawn on it is for whoever has it. Also read out elsewhere, so hidden from readers of the page.

export const stripMs = 4_000;

/** The canvas as large as it is on the screen, empty, and where things are on it. */
export interface StripFrame {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** Pixels of the screen for one of the style sheet. */
  readonly scale: number;
  /** Where a moment of performance.now() lies. */
  readonly x: (at: number) => number;
  /** Of a variable of the style sheet. */
  readonly color: (name: string) => string;
}

export function makeStrip(className: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = className;
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

/** Undefined while it is not to be seen. */
export function beginStripFrame(canvas: HTMLCanvasElement, now: number): StripFrame | undefined {
  const scale = devicePixelRatio;
  const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  if (context === null || width === 0) return undefined;
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, width, height);
  return {
    context,
    width,
    height,
    scale,
    x: (at) => ((at - now + stripMs) / stripMs) * width,
    color: (name) => style.getPropertyValue(name),
  };
}
