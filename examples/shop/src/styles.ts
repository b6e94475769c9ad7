import { account } from './styles/account.ts'
import { base } from './styles/base.ts'
import { forms } from './styles/forms.ts'
import { frame } from './styles/frame.ts'
import { hood } from './styles/hood.ts'
import { shop } from './styles/shop.ts'

/** The complete style sheet, served as `text/css` at /style.css. */
export const styles: string = [base, frame, forms, shop, account, hood].join('\n')
