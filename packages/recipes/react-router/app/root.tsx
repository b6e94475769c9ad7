import { isRouteErrorResponse, Outlet, Scripts, useRouteError } from 'react-router'
import type { ReactNode } from 'react'
import { sessionMiddleware } from './session.ts'

export const middleware = [sessionMiddleware]

export function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <title>A recipe</title>
      </head>
      <body>
        {children}
        <Scripts />
      </body>
    </html>
  )
}

export default Outlet

export function ErrorBoundary() {
  const error = useRouteError()
  return <p>{isRouteErrorResponse(error) ? error.statusText : 'Something broke'}</p>
}
