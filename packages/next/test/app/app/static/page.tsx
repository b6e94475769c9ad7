export default function Page() {
  return <p>static</p>
}
