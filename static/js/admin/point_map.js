"use strict";
// The arithmetic of the maps in the form of a site, as heritage/cartography/point_map.py has it: Web
// Mercator, from pixels of a sheet to longitude and latitude, and back.
window.pointMap = (sheet) => {
  const { zoom, latitude, longitude } = sheet.dataset;
  const svg = sheet.querySelector("svg");
  const [width, height] = svg.getAttribute("viewBox").split(" ").slice(2).map(Number);
  const world = 512 * 2 ** zoom;
  const { PI } = Math;
  const down = (lat) => (0.5 - Math.log(Math.tan(PI / 4 + (lat * PI) / 360)) / (2 * PI)) * world;
  const top = down(latitude) - height / 2;
  const digits = Math.max(2, Math.min(7, Math.round(Math.log10(world / 360)) + 1));
  const rounded = (degrees) => Number(degrees.toFixed(digits));

  return {
    width,
    height,
    // Pixels of a point [longitude, latitude].
    at: ([lon, lat]) => [width / 2 + (((((lon - longitude + 180) % 360) + 360) % 360 - 180) / 360) * world, down(lat) - top],
    // The point at a place in pixels, as exactly as one can click.
    from: ([x, y]) => {
      const lon = Number(longitude) + ((x - width / 2) / world) * 360;
      const lat = (Math.atan(Math.exp((0.5 - (top + y) / world) * 2 * PI)) * 360) / PI - 90;
      return [rounded(((((lon + 180) % 360) + 360) % 360) - 180), rounded(lat)];
    },
    // Where a pointer is, in pixels, on the sheet.
    pixel: (event) => {
      const edge = svg.getBoundingClientRect();
      const x = ((event.clientX - edge.left) / edge.width) * width;
      const y = ((event.clientY - edge.top) / edge.height) * height;
      return [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
    },
  };
};
