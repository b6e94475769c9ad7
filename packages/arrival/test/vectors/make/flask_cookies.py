"""Makes ../flask-VERSION.json with the Flask that is installed: `python3 flask_cookies.py`.

The time is fixed, so the same Flask makes the same file again. What a reader must answer is written beside what Flask is given.
"""
import base64
import datetime
import hashlib
import importlib.metadata
import json
import pathlib
import uuid
import zlib

import flask
import itsdangerous
from flask.sessions import SecureCookieSessionInterface
from markupsafe import Markup

NOW = 1_796_000_000
LIFETIME = 31 * 86_400
VERSION = importlib.metadata.version('flask')
clock = NOW


def timestamp(_):
    return clock


itsdangerous.TimestampSigner.get_timestamp = timestamp
vectors = []


def add(name, value, reads, **keys):
    keys.setdefault('secretKeys', ['a secret key of Flask'])
    vectors.append({'name': name, 'value': value, 'keys': keys, 'reads': reads})


def read(data, permanent=False, flash=(), at=NOW):
    return {'data': data, 'permanent': permanent, 'flash': list(flash), 'beganAt': at, 'endsAt': at + LIFETIME + 1}


def cookie(fill, secret='a secret key of Flask', interface=None, at=NOW, **config):
    """The cookie that a real application sends whose view does this to its session."""
    global clock
    clock = at
    app = flask.Flask('shop')
    app.secret_key = secret
    app.config.update(config)
    if interface is not None:
        app.session_interface = interface

    @app.route('/')
    def index():
        fill(flask.session)
        return ''

    line = app.test_client().get('/').headers['Set-Cookie']
    return line.removeprefix('session=').split(';')[0]


def of(**data):
    return lambda session: session.update(data)


def serializer(keys, **options):
    options.setdefault('salt', 'cookie-session')
    signer = {'key_derivation': 'hmac', 'digest_method': hashlib.sha1}
    return itsdangerous.URLSafeTimedSerializer(
        keys, serializer=flask.json.tag.TaggedJSONSerializer(), signer_kwargs=signer, **options
    )


def permanent(session):
    session.permanent = True
    session['user'] = 7


def messages(session):
    session['user'] = 7
    flask.flash('Saved')
    flask.flash(Markup('<b>Twice</b>'), 'warning')


def main():
    add('plain values', cookie(of(user_id=7, name='Ada', ok=True, none=None, half=0.5)),
        read({'user_id': 7, 'name': 'Ada', 'ok': True, 'none': None, 'half': 0.5}))
    add('a permanent session', cookie(permanent), read({'user': 7}, permanent=True))
    add('what Flask-Login writes', cookie(of(_user_id='7', _fresh=True, _id='f' * 128)),
        read({'_user_id': '7', '_fresh': True, '_id': 'f' * 128}))
    long = ['größer als ein Kilobyte'] * 60
    compressed = cookie(of(list=long))
    assert compressed.startswith('.')
    add('a compressed payload', compressed, read({'list': long}))
    add('keys with escapes', cookie(of(**{'größe': 1, 'a"b': 2, 'c\\d': 3})), read({'größe': 1, 'a"b': 2, 'c\\d': 3}))
    add('a key that is __proto__', cookie(of(**{'user': 7, '__proto__': {'admin': True}})),
        read({'user': 7, '__proto__': {'admin': True}}))
    tags = {
        'tuple': (1, (2,)),
        'bytes': b'\x00\xffdata',
        'markup': Markup('<i>&amp;</i>'),
        'uuid': uuid.UUID('01234567-89ab-cdef-0123-456789abcdef'),
        'date': datetime.datetime(2025, 11, 28, 1, 2, 3, tzinfo=datetime.timezone.utc),
        'like a tag': {' t': [1]},
        'like an escaped tag': {' t__': [1]},
        'inside': [{'deep': {' di': (b'x',)}}],
        'two keys': {' t': 1, ' b': 2},
    }
    add('each tag', cookie(of(**tags)), read({
        'tuple': [1, [2]],
        'bytes': base64.b64encode(b'\x00\xffdata').decode(),
        'markup': '<i>&amp;</i>',
        'uuid': '01234567-89ab-cdef-0123-456789abcdef',
        'date': '2025-11-28T01:02:03.000Z',
        'like a tag': {' t': [1]},
        'like an escaped tag': {' t__': [1]},
        'inside': [{'deep': {' di': [base64.b64encode(b'x').decode()]}}],
        'two keys': {' t': 1, ' b': 2},
    }))
    add('flash messages', cookie(messages), read({'user': 7}, flash=[
        {'category': 'message', 'message': 'Saved'}, {'category': 'warning', 'message': '<b>Twice</b>'}]))
    add('a secret of bytes', cookie(of(user=7), b'bytes \xc3\xa9'), read({'user': 7}), secretKeys=['bytes é'])

    rotated = ['the newest key', 'the key before it', 'the oldest key']
    for secret in rotated:
        add(f'after a rotation, signed with {secret}', cookie(of(user=7), secret), read({'user': 7}), secretKeys=rotated)
    # Flask 3.1.0 handed over its keys newest first, where itsdangerous takes the last for the newest (CVE-2025-47278).
    add('signed by Flask 3.1.0 with its last fallback', serializer(rotated).dumps({'user': 7}), read({'user': 7}),
        secretKeys=rotated)
    if tuple(map(int, VERSION.split('.')[:2])) >= (3, 1):
        add('signed by a Flask that has fallbacks', cookie(of(user=7), rotated[0], SECRET_KEY_FALLBACKS=rotated[1:]),
            read({'user': 7}), secretKeys=rotated[:1])

    class Other(SecureCookieSessionInterface):
        salt = 'another salt'
        digest_method = staticmethod(hashlib.sha512)
        key_derivation = 'django-concat'

    other = cookie(of(user=7), interface=Other())
    add('an interface with another salt, digest and derivation', other, read({'user': 7}),
        salt='another salt', digest='sha512', keyDerivation='django-concat')
    add('that interface, read as Flask\'s own', other, {'refused': 'forged'})

    add('a session at its last second', cookie(of(user=7), at=NOW - LIFETIME), read({'user': 7}, at=NOW - LIFETIME))
    add('an expired session', cookie(of(user=7), at=NOW - LIFETIME - 1), {'refused': 'expired'})
    add('an expired permanent session', cookie(permanent, at=NOW - LIFETIME - 1), {'refused': 'expired'})
    add('a session from a clock that is a little fast', cookie(of(user=7), at=NOW + 30), read({'user': 7}, at=NOW + 30))
    add('a session from the future', cookie(of(user=7), at=NOW + 3600), {'refused': 'malformed'})
    add('a session signed with another key', cookie(of(user=7), 'another key'), {'refused': 'forged'})
    add('a session for another salt', serializer('a secret key of Flask', salt='activation').dumps({'user': 7}),
        {'refused': 'forged'})

    own = serializer('a secret key of Flask')
    numbers = {'user': 2**53 + 1, 'list': [-2**63, 10**30], 'text': 'a "9007199254740993" \\', 'half': 1234567890123456789.5,
               'small': 0.12345678901234567, 'huge': 1e300, 'tiny': 1.2345678901234567e-30}
    add('numbers that JavaScript cannot hold', own.dumps(numbers),
        read({**numbers, 'user': str(2**53 + 1), 'list': [str(-2**63), str(10**30)]}))
    add('the largest number that JavaScript can represent', own.dumps({'user': 2**53 - 1}), read({'user': 2**53 - 1}))
    add('an invalid number', own.dumps({'n': float('nan')}), {'refused': 'malformed'})
    add('a list instead of a session', own.dumps([1]), {'refused': 'malformed'})
    add('a tag on an unsuitable value', raw('{"b":{" d":"someday"}}'), {'refused': 'malformed'})
    add('unlimited nesting', raw(nested(8000)), {'refused': 'malformed'})
    add('many levels', raw(nested(40)), read(json.loads(nested(40))))
    add('a bomb', own.make_signer('cookie-session').sign(
        b'.' + itsdangerous.encoding.base64_encode(zlib.compress(b'{"a":"' + b'a' * 10**6 + b'"}'))).decode(),
        {'refused': 'too_large'})
    add('what only looks compressed', own.make_signer('cookie-session').sign(b'.e30').decode(), {'refused': 'malformed'})
    add('nothing signed', own.make_signer('cookie-session').sign(b'').decode(), {'refused': 'malformed'})
    add('more than a cookie holds', own.dumps({'a': '\x00' * 5, 'b': [uuid.uuid5(uuid.NAMESPACE_URL, str(i)).hex for i in range(600)]}),
        {'refused': 'too_large'})


def raw(text):
    """A payload that Flask would not write, signed and compressed as its own."""
    compressed = itsdangerous.encoding.base64_encode(zlib.compress(text.encode()))
    return serializer('a secret key of Flask').make_signer('cookie-session').sign(b'.' + compressed).decode()


def nested(levels):
    return '{"a":' + '[' * levels + ']' * levels + '}'


main()
target = pathlib.Path(__file__).parent.parent / f'flask-{VERSION}.json'
made = f'Flask {VERSION}, itsdangerous {importlib.metadata.version("itsdangerous")}'
target.write_text(json.dumps({'madeWith': made, 'now': NOW, 'vectors': vectors}, indent=1) + '\n')
