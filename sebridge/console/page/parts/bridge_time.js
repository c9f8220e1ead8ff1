// The bridge's times: seconds since 2000 in records, ISO 8601 on topics; seconds since 1970 in charts.

const EPOCH = 946_684_800;

/** Return seconds since 1970 of a record's seconds since 2000. */
export const fromZigbee = (seconds) => seconds + EPOCH;

/** Return seconds since 2000 of seconds since 1970. */
export const toZigbee = (seconds) => Math.max(Math.floor(seconds) - EPOCH, 1);

/** Return seconds since 1970 of ISO 8601; null for none. */
export const fromIso = (text) => (text ? Date.parse(text) / 1000 : null);
