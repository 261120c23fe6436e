import { describe, expect, it } from 'vitest';
import { actualZoom, clampView, isLargerThanFrame, panBy, pictureAt, place, wholePicture, zoomAt } from './view';

const picture = { width: 1000, height: 500 };
const frame = { width: 500, height: 500 };

describe('a view of a picture', () => {
  it('fits the whole picture into the middle of its frame', () => {
    expect(place(wholePicture, picture, frame)).toEqual({ scale: 0.5, left: 0, top: 125 });
  });

  it('keeps the place under the pointer where it is while zooming', () => {
    const point = { x: 400, y: 250 };
    const before = pictureAt(wholePicture, picture, frame, point);
    const zoomed = zoomAt(wholePicture, picture, frame, point, 3);
    const after = pictureAt(zoomed, picture, frame, point);
    expect(zoomed.zoom).toBe(3);
    expect(after.x).toBeCloseTo(before.x, 10);
    expect(after.y).toBeCloseTo(before.y, 10);
  });

  it('returns to the whole picture when it is zoomed out again', () => {
    const zoomed = zoomAt(wholePicture, picture, frame, { x: 490, y: 300 }, 4);
    const back = zoomAt(zoomed, picture, frame, { x: 10, y: 10 }, 1 / 4);
    expect(back).toEqual(wholePicture);
  });

  it('cannot be moved past the edge of the picture', () => {
    const zoomed = { ...wholePicture, zoom: 2 };
    const moved = panBy(zoomed, picture, frame, -10_000, 0);
    const { scale, left } = place(moved, picture, frame);
    expect(left + picture.width * scale).toBeCloseTo(frame.width, 6);
  });

  it('shows at most sixteen screen pixels for a pixel', () => {
    const { zoom } = clampView({ ...wholePicture, zoom: 1e6 }, picture, frame);
    expect(place({ ...wholePicture, zoom }, picture, frame).scale).toBeCloseTo(16, 10);
  });

  it('can show a small picture pixel by pixel, which is smaller than fitted', () => {
    const small = { width: 100, height: 100 };
    const zoom = actualZoom(small, frame, 2);
    expect(zoom).toBe(0.1);
    expect(clampView({ ...wholePicture, zoom: actualZoom(small, frame, 1) }, small, frame).zoom).toBe(0.2);
  });

  it('is larger than its frame only when something is hidden', () => {
    expect(isLargerThanFrame(wholePicture, picture, frame)).toBe(false);
    expect(isLargerThanFrame({ ...wholePicture, zoom: 1.1 }, picture, frame)).toBe(true);
  });
});
