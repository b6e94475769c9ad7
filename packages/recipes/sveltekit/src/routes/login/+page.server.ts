import { redirect, type RequestEvent } from '@sveltejs/kit'

export const load = ({ locals: { visit } }: RequestEvent) => ({ user: visit.session.subject ?? 'nobody' })

export const actions = {
  async default({ request, locals: { visit } }: RequestEvent) {
    const user = (await request.formData()).get('user')
    // Check the password here.
    if (typeof user === 'string') visit.session.login(user)
    else visit.session.logout()
    redirect(303, '/login')
  },
}
