/** Pixels of a picture or of a frame on the screen. */
export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/**
 * What part of a picture is seen, whatever the size of its frame: so that several frames keep in step.
 * Zoom 1 fits the whole picture into its frame; x and y are the middle of what is seen, as fractions of the picture.
 */
export interface View {
  zoom: number;
  x: number;
  y: number;
}

/** Where a picture lies in its frame: its pixels times scale, moved by left and top. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

export const wholePicture: View = { zoom: 1, x: 0.5, y: 0.5 };

/** A pixel of the picture on a screen with four pixels for each of the page. */
const smallestScale = 0.25;

/** The most screen pixels that one pixel of the picture becomes. */
const largestScale = 16;

export function fitScale(picture: Size, frame: Size): number {
  return Math.min(frame.width / picture.width, frame.height / picture.height);
}

export function place(view: View, picture: Size, frame: Size): Placement {
  const scale = fitScale(picture, frame) * view.zoom;
  return {
    scale,
    left: frame.width / 2 - view.x * picture.width * scale,
    top: frame.height / 2 - view.y * picture.height * scale,
  };
}

/** The same view with the picture neither lost from its frame nor too large or too small. */
export function clampView(view: View, picture: Size, frame: Size): View {
  const fit = fitScale(picture, frame);
  const zoom = clamp(view.zoom, Math.min(1, smallestScale / fit), Math.max(1, largestScale / fit));
  return {
    zoom,
    x: clampCentre(view.x, (picture.width * fit * zoom) / frame.width),
    y: clampCentre(view.y, (picture.height * fit * zoom) / frame.height),
  };
}

/** Zooms so that the place of the picture under the point stays under it. */
export function zoomAt(view: View, picture: Size, frame: Size, point: Point, factor: number): View {
  const fixed = pictureAt(view, picture, frame, point);
  const { zoom } = clampView({ ...view, zoom: view.zoom * factor }, picture, frame);
  const scale = fitScale(picture, frame) * zoom;
  return clampView(
    {
      zoom,
      x: fixed.x - (point.x - frame.width / 2) / (picture.width * scale),
      y: fixed.y - (point.y - frame.height / 2) / (picture.height * scale),
    },
    picture,
    frame,
  );
}

/** Moves the picture by pixels of the screen. */
export function panBy(view: View, picture: Size, frame: Size, x: number, y: number): View {
  const { scale } = place(view, picture, frame);
  return clampView(
    { ...view, x: view.x - x / (picture.width * scale), y: view.y - y / (picture.height * scale) },
    picture,
    frame,
  );
}

/** The place of the picture under a point of its frame, as fractions of the picture. */
export function pictureAt(view: View, picture: Size, frame: Size, point: Point): Point {
  const { scale, left, top } = place(view, picture, frame);
  return { x: (point.x - left) / (picture.width * scale), y: (point.y - top) / (picture.height * scale) };
}

/** The zoom at which a pixel of the picture is a pixel of the screen. */
export function actualZoom(picture: Size, frame: Size, pixelRatio: number): number {
  return 1 / (pixelRatio * fitScale(picture, frame));
}

export function isLargerThanFrame(view: View, picture: Size, frame: Size): boolean {
  const { scale } = place(view, picture, frame);
  return picture.width * scale > frame.width + 1 || picture.height * scale > frame.height + 1;
}

function clampCentre(centre: number, timesFrame: number): number {
  if (timesFrame <= 1) {
    return 0.5;
  }
  const margin = 1 / (2 * timesFrame);
  return clamp(centre, margin, 1 - margin);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
