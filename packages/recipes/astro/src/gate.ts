/** Opened by the page that has the response's head. */
export const gate = Promise.withResolvers<void>()
