import { addToCart, logIn, logOut } from './actions'
import { getSession } from './session'

export default async function Page() {
  const { name = 'stranger', cart = [] } = await getSession()
  return (
    <main>
      <p>{`Hello ${name}, you have ${cart.length} things in your cart`}</p>
      <form action={addToCart}>
        <input name="sku" />
        <button>Add</button>
      </form>
      <form action={logIn}>
        <input name="user" />
        <button>Log in</button>
      </form>
      <form action={logOut}>
        <button>Log out</button>
      </form>
    </main>
  )
}
