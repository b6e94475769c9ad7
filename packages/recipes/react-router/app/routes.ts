import { index, route, type RouteConfig } from '@react-router/dev/routes'

export default [
  index('routes/home.tsx'),
  route('login', 'routes/login.tsx'),
  route('broken', 'routes/broken.tsx'),
  route('theme', 'routes/theme.ts'),
  route('plain', 'routes/plain.ts'),
  route('spoil', 'routes/spoil.ts'),
] satisfies RouteConfig
