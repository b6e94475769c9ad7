"""Makes ../flask-session-VERSION.json and ../flask-session-records-VERSION.json: `python3 flask_session_stores.py`.

The cookies and the records are those of an application with the Flask-Session that is installed, 0.8 or newer, and its Redis store,
whose client keeps everything in a dictionary here.
"""
import base64
import datetime
import importlib.metadata
import json
import pathlib
import pickle
import uuid

import flask
import flask_session
import msgspec
import redis

NOW = 1_796_000_000
VERSION = importlib.metadata.version('Flask-Session')
KEY = 'a secret key of Flask'
UUID = '3f1a9b70-9f0c-4d7e-8e57-2f64b9f1a001'
ID = 'Zq3vJ0vY0m0m8pT4dP-3kqk3v_0aTn4Dq1WcX7u1bYk'
cookies, records = [], []


class Client(redis.Redis):
    def __init__(self):
        super().__init__()
        self.rows = {}

    def get(self, name):
        return self.rows.get(name)

    def set(self, name, value, ex):
        self.rows[name] = value


def visit(fill=lambda session: session.update(user=7), sid=ID, secret=KEY, signer=False, format='msgpack'):
    """The cookie and the record of a session to which a view does this."""
    client = Client()
    app = flask.Flask('shop')
    app.secret_key = secret
    app.config.update(SESSION_TYPE='redis', SESSION_REDIS=client, SESSION_USE_SIGNER=signer,
                      SESSION_SERIALIZATION_FORMAT=format)
    flask_session.Session(app)
    app.session_interface._generate_sid = lambda length: sid

    @app.route('/')
    def index():
        fill(flask.session)
        return ''

    line = app.test_client().get('/').headers['Set-Cookie']
    return line.removeprefix('session=').split(';')[0], client.rows['session:' + sid]


def add(name, value, reads, keys=(KEY,)):
    cookies.append({'name': name, 'value': value, 'keys': {'secretKeys': list(keys)}, 'reads': reads})


def record(name, value, reads):
    records.append({'name': name, 'value': base64.b64encode(value).decode(), 'keys': {}, 'reads': reads})


def both(name, fill, reads):
    for format in ('msgpack', 'json'):
        record(f'{name}, {format}', visit(fill, format=format)[1], reads)


def of(**data):
    return lambda session: session.update(data)


def read(data, permanent=True, flash=()):
    return {'data': data, 'permanent': permanent, 'flash': list(flash)}


MALFORMED, FORGED, UNSUPPORTED = ({'refused': why} for why in ('malformed', 'forged', 'unsupported'))


def signed(sid, secret=KEY):
    return visit(sid=sid, secret=secret, signer=True)[0]


for kind, sid in (('a signed id', ID), ('a signed id that is a UUID, as before 0.6', UUID)):
    add(kind, signed(sid), {'id': sid})
    add(f'{kind}, where it is not signed', visit(sid=sid)[0], {'id': sid}, ())
    add(f'{kind}, where it is not signed and must be', visit(sid=sid)[0], MALFORMED)
    add(f'{kind}, where ids are not', signed(sid), MALFORMED, ())
add('after a rotation', signed(ID, 'the oldest key'), {'id': ID}, ['the newest key', 'the oldest key'])
add('an id of another key', signed(ID, 'another key'), FORGED)
add('an id with the signature of another', ID + signed(UUID)[len(UUID):], FORGED)
add('an empty signature', ID + '.', MALFORMED)
add('two signatures', signed(ID) + '.AAAA', MALFORMED)
add('the name of another key of the store', '../session:' + ID, MALFORMED, ())


def messages(session):
    session['user'] = 7
    flask.flash('Saved')
    flask.flash('Not saved', 'error')


def browsers(session):
    session.permanent = False
    session['user'] = 7


moment = datetime.datetime(2025, 11, 28, 1, 2, 3, tzinfo=datetime.timezone.utc)
plain = {'user_id': 7, 'name': 'größer', 'list': [1, None, True, {'a': 0.5}], 'negative': -70000, 'long': 2**40}
both('plain values', of(**plain), read(plain))
both('a session of the browser', browsers, read({'user': 7}, permanent=False))
both('what Flask-Login writes', of(_user_id='7', _fresh=True), read({'_user_id': '7', '_fresh': True}))
both('keys with escapes', of(**{'größe': 1, 'a"b': 2}), read({'größe': 1, 'a"b': 2}))
both('flash messages', messages, read({'user': 7}, flash=[
    {'category': 'message', 'message': 'Saved'}, {'category': 'error', 'message': 'Not saved'}]))
both('bytes, a tuple and a UUID', of(bytes=b'\x00\xff', tuple=(1, 2), uuid=uuid.UUID(UUID)),
     read({'bytes': 'AP8=', 'tuple': [1, 2], 'uuid': UUID}))
record('a time, msgpack', visit(of(time=moment))[1], read({'time': '2025-11-28T01:02:03.000Z'}))
record('a time, json', visit(of(time=moment), format='json')[1], read({'time': '2025-11-28T01:02:03Z'}))
many = {f'key {number}': list(range(20)) for number in range(20)}
both('more than fifteen keys', of(**many), read(many))
record('a long text', visit(of(text='x' * 66_000))[1], read({'text': 'x' * 66_000}))
both('the largest number that JavaScript holds', of(n=2**53 - 1), read({'n': 2**53 - 1}))
both('numbers that JavaScript cannot represent', of(n=2**53 + 1, negative=-2**63, largest=2**64 - 1),
     read({'n': str(2**53 + 1), 'negative': str(-2**63), 'largest': str(2**64 - 1)}))
record('JSON with spaces and escapes, as other writers have it', json.dumps({'größe': 1}).encode(), read({'größe': 1}, False))
pack = msgspec.msgpack.encode
record('nothing, msgpack', pack({}), read({}, False))
for protocol in (2, 3, 4, 5):
    record(f'pickle of protocol {protocol}, as before 0.6', pickle.dumps({'user': 7}, protocol), UNSUPPORTED)
record('a custom extension', pack({'a': msgspec.msgpack.Ext(5, b'x')}), MALFORMED)
record('a list', pack([1]), MALFORMED)
record('a text', pack('text'), MALFORMED)
record('nothing at all', b'', MALFORMED)
record('a truncated map', pack(plain)[:-1], MALFORMED)
record('data after the map', pack(plain) + b'\x00', MALFORMED)
record('a list that claims to be endless', b'\x81\xa1a\xdd\xff\xff\xff\xff', MALFORMED)
record('a map that claims to be endless', b'\xdf\xff\xff\xff\xff', MALFORMED)
record('unlimited nesting', b'\x81\xa1a' + b'\x91' * 20_000 + b'\xc0', MALFORMED)

made = f'Flask-Session {VERSION}'
for name, vectors in (('flask-session', cookies), ('flask-session-records', records)):
    target = pathlib.Path(__file__).parent.parent / f'{name}-{VERSION}.json'
    target.write_text(json.dumps({'madeWith': made, 'now': NOW, 'vectors': vectors}, indent=1) + '\n')
