// The shift of Chinese maps (GCJ-02), for what is drawn on their tiles. As in
// heritage/values/point_reader.py; only for display: no address and no request has a shifted point.

window.gcj02 = { from, to };

const AXIS = 6378245; // of Krasovsky's ellipsoid
const ECCENTRICITY = 0.00669342162296594323;
const { PI, abs, cos, sin, sqrt } = Math;

function isShifted(latitude, longitude) {
  return latitude >= 0.8293 && latitude <= 55.8271 && longitude >= 72.004 && longitude <= 137.8347;
}

function to([latitude, longitude]) {
  if (!isShifted(latitude, longitude)) return [latitude, longitude];
  const x = longitude - 105;
  const y = latitude - 35;
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) +
    waves(x, [6, 20], [2, 20]) + waves(y, [1, 20], [1 / 3, 40], [1 / 12, 160], [1 / 30, 320]);
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) +
    waves(x, [6, 20], [2, 20], [1, 20], [1 / 3, 40], [1 / 12, 150], [1 / 30, 300]);
  const angle = (latitude * PI) / 180;
  const root = 1 - ECCENTRICITY * sin(angle) ** 2;
  const metresNorth = (((AXIS * (1 - ECCENTRICITY)) / (root * sqrt(root))) * PI) / 180;
  const metresEast = ((AXIS / sqrt(root)) * cos(angle) * PI) / 180;
  return [latitude + north / metresNorth, longitude + east / metresEast];
}

function from([latitude, longitude]) {
  let found = [latitude, longitude];
  for (let step = 0; step < 10; step += 1) {
    const shifted = to(found);
    found = [found[0] + latitude - shifted[0], found[1] + longitude - shifted[1]];
  }
  return found;
}

function waves(value, ...heights) {
  return heights.reduce((sum, [times, height]) => sum + (height * sin(value * times * PI) * 2) / 3, 0);
}
