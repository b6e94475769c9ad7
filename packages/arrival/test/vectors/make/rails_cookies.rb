# Makes ../rails-VERSION.json with the Rails that is installed: `ruby rails_cookies.rb`.
#
# The cookies are those of a Rack application with Rails' own middleware. The envelope of Rails 7.1, which has the data as they are
# instead of in base64, is built by hand around Rails' encryption where the installed Rails is older.
require 'active_support/all'
require 'action_dispatch'
require 'action_dispatch/middleware/flash'
require 'active_support/messages/rotation_configuration'
require 'active_support/testing/time_helpers'
require 'json'
include ActiveSupport::Testing::TimeHelpers

NOW = 1_796_000_000
NAME = '_shop_session'
SECRET = 'a secret key base of sixty-four characters, as Rails itself makes them'
OLDER = 'an older secret key base, which was in use before the last rotation'
SALT = 'authenticated encrypted cookie'
DATA = { 'user_id' => 7, 'name' => 'Ada – größer <&>', 'list' => [1, nil, { 'a' => 0.5 }] }.freeze
VECTORS = []

# Rails 7.0 has this digest in its own generator, and by default.
Sha256Generator = Struct.new(:secret) do
  def generate_key(salt, size = 64)
    OpenSSL::PKCS5.pbkdf2_hmac(secret, salt, 1000, size, OpenSSL::Digest.new('SHA256'))
  end
end

def generator(secret, digest)
  digest == 'SHA1' ? ActiveSupport::KeyGenerator.new(secret, iterations: 1000) : Sha256Generator.new(secret)
end

# The value of the session's cookie, as the application sends it, after the block was given the session and the flash messages.
def cookie(secret: SECRET, digest: 'SHA256', serializer: :json, metadata: true, options: {}, at: NOW, former: nil, &fill)
  travel_to(Time.at(at).utc) do
    app = ->(env) {
      fill.call(ActionDispatch::Request.new(env))
      ActionDispatch::Request.new(env).commit_flash
      [200, {}, []]
    }
    store = ActionDispatch::Session::CookieStore.new(app, { key: NAME }.merge(options))
    env = Rack::MockRequest.env_for('/', 'HTTP_COOKIE' => former ? "#{NAME}=#{former}" : '').merge(
      'action_dispatch.key_generator' => generator(secret, digest),
      'action_dispatch.secret_key_base' => secret,
      'action_dispatch.authenticated_encrypted_cookie_salt' => SALT,
      'action_dispatch.use_authenticated_cookie_encryption' => true,
      'action_dispatch.encrypted_cookie_cipher' => 'aes-256-gcm',
      'action_dispatch.cookies_serializer' => serializer,
      'action_dispatch.use_cookies_with_metadata' => metadata,
      'action_dispatch.cookies_rotations' => ActiveSupport::Messages::RotationConfiguration.new
    )
    _, headers, = ActionDispatch::Cookies.new(store).call(env)
    headers['Set-Cookie'][/\A#{NAME}=([^;]*)/, 1]
  end
end

# What the application itself would encrypt around such a text.
def sealed(plain, secret: SECRET, digest: 'SHA256')
  key = generator(secret, digest).generate_key(SALT, 32)
  null = ActiveSupport::MessageEncryptor::NullSerializer
  CGI.escape(ActiveSupport::MessageEncryptor.new(key, cipher: 'aes-256-gcm', serializer: null).encrypt_and_sign(plain))
end

def add(name, value, reads, secrets: [SECRET], purpose: 'required')
  VECTORS << { name: name, value: value, keys: { secretKeyBases: secrets, cookieName: NAME, purpose: purpose }, reads: reads }
end

def read(data = DATA, **more)
  { data: data, permanent: false, flash: [] }.merge(more)
end

def refused(reason)
  { refused: reason }
end

fill = ->(request) { DATA.each { |key, value| request.session[key] = value } }
plain = cookie(&fill)
add('plain values', plain, read)
add('keys of SHA-1, as before Rails 7', cookie(digest: 'SHA1', &fill), read)
rotated = [SECRET, OLDER]
add('after a rotation, of the newest secret', plain, read, secrets: rotated)
add('after a rotation, of the former digest', cookie(digest: 'SHA1', &fill), read, secrets: rotated)
add('after a rotation, of the oldest secret', cookie(secret: OLDER, digest: 'SHA1', &fill), read, secrets: rotated)
add('another secret', cookie(secret: OLDER, &fill), refused('forged'))
add('an end', cookie(options: { expire_after: 3600 }, &fill), read(permanent: true, endsAt: NOW + 3600))
add('a past expiry', cookie(options: { expire_after: 3600 }, at: NOW - 3600, &fill), refused('expired'))
add('flash messages', cookie { |request| request.flash[:notice] = 'Saved'; request.flash[:alert] = 'Größer'; request.session['user_id'] = 7 },
    read({ 'user_id' => 7 }, flash: [{ category: 'notice', message: 'Saved' }, { category: 'alert', message: 'Größer' }]))
# Rails leaves out what this request has used; with flash.keep(:notice) in the next, it lists the rest under `discard`.
flash = { 'discard' => ['notice'], 'flashes' => { 'notice' => 'Saved', 'alert' => 'Later', 'object' => { 'a' => 1 } } }
add('flash messages of which one was shown', cookie { |request| request.session['flash'] = flash; request.session['user_id'] = 7 },
    read({ 'user_id' => 7 }, flash: [{ category: 'alert', message: 'Later' }]))
add('what the forms of Rails keep', cookie { |request| request.session['_csrf_token'] = 'token'; request.session['user_id'] = 7 }, read({ 'user_id' => 7 }))
add('what Devise writes', cookie { |request| request.session['warden.user.user.key'] = [[7], 'salt'] }, read({ 'warden.user.user.key' => [[7], 'salt'] }))
add('the serializer hybrid', cookie(serializer: :hybrid, &fill), read)
add('the serializer marshal', cookie(serializer: :marshal, &fill), refused('unsupported'))
add('no metadata, where they are required', cookie(metadata: false, &fill), refused('forged'))
add('no metadata, where they are optional', cookie(metadata: false, &fill), read, purpose: 'optional')
add('metadata, where they are optional', plain, read, purpose: 'optional')
add('a number that JavaScript cannot hold', cookie { |request| request.session['user_id'] = 2**53 + 1 }, read({ 'user_id' => (2**53 + 1).to_s }))
add('the same in the envelope of Rails 7.1', ->(id) { sealed(JSON.generate(_rails: { exp: nil, pur: "cookie.#{NAME}", data: { id: id } })) }.(2**64), read({ 'id' => (2**64).to_s }))

def envelope(**fields)
  sealed(JSON.generate(_rails: { exp: nil, pur: "cookie.#{NAME}" }.merge(fields)))
end
later = Time.at(NOW + 60).utc.iso8601(3)
add('the envelope of Rails 7.1', envelope(data: DATA), read)
add('the envelope of Rails 7.1 with an end', envelope(data: DATA, exp: later), read(permanent: true, endsAt: NOW + 60))
add('the envelope of Rails 7.1, over', envelope(data: DATA, exp: Time.at(NOW).utc.iso8601(3)), refused('expired'))
add('another encrypted cookie of the application', envelope(data: DATA, pur: 'cookie.cart'), refused('forged'))
add('another encrypted cookie, where metadata are optional', envelope(data: DATA, pur: 'cookie.cart'), refused('forged'), purpose: 'optional')
add('an invalid expiry', envelope(data: DATA, exp: 'soon'), refused('expired'))
add('a session that is a list', envelope(data: [1]), refused('unsupported'))
add('an envelope with nothing in it', envelope, refused('unsupported'))
add('a plain text', sealed('text'), refused('unsupported'))
add('MessagePack', sealed("\xCC\x80\x81".b), refused('unsupported'))
add('an encrypted cookie before Rails 5.2', CGI.escape(Base64.strict_encode64('a' * 64) + '--' + 'a' * 40), refused('malformed'))

box, iv, tag = CGI.unescape(plain).split('--')
parts = ->(*list) { CGI.escape(list.join('--')) }
short = ->(text, size) { Base64.strict_encode64(Base64.strict_decode64(text)[0, size]) }
add('a truncated tag', parts.(box, iv, short.(tag, 12)), refused('malformed'))
add('no tag', parts.(box, iv, ''), refused('malformed'))
add('a truncated iv', parts.(box, short.(iv, 8), tag), refused('malformed'))
add('four parts', parts.(box, iv, tag, tag), refused('malformed'))
add('four parts, of which the last is no base64', parts.(box, iv, tag, 'x'), refused('malformed'))
add('another tag', parts.(box, iv, Base64.strict_encode64("\0" * 16)), refused('forged'))
add('minimal escaping', CGI.unescape(plain), read)
add('an invalid escape', "#{plain}%", refused('malformed'))

version = ActionPack::VERSION::STRING
text = JSON.pretty_generate(madeWith: "Rails #{version}", now: NOW, vectors: VECTORS)
File.write(File.join(__dir__, '..', "rails-#{version}.json"), "#{text}\n")
