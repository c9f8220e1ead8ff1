// What people call a device.

/** Return the name of a device by its topics: `id` is its address as topics have it. */
export function nameOf(values, id) {
  const device = values.get(`device/${id}`);
  return device?.name || device?.model?.match(/\((.+)\)$/)?.[1] || id.match(/../g).join(":");
}
