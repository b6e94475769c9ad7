/** A sealed token of the format's test vectors. Its data is `{"user":"alice"}`. */
export const TOKEN =
  'ASV0sy3exwPHQUJDREVGR0hJSktMTU5PUFFSU1RVVldYsvwK3VqodBJwsb1Bia6jOznEz8nfogYmG5LCUYR_uaIShdVbk7mGpN-v9m5KPBxLhB_W5EdUlikJCND2p_cmUQ'

/** As long and as random as the cookie of a stored session. */
export const STORED = 'u4Jj9pG0yBqVb2Zr7T1mXw3eKcN5sHfLdAoQiYtRz8Eu4Jj9pG0yBqVb2Zr7T1mX'

export const HOSTILE = `"><script>alert('x')</script>`
