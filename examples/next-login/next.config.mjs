export { default } from '../next-cart/next.config.mjs'
