"""Makes ../flask-session-VERSION.json and ../flask-session-records-VERSION.json: `python3 flask_session.py`.

The cookies and the pickle are those of the Flask-Session that is installed, of which Debian has 0.3.2. Newer ones sign ids in the
same way, and write records with msgspec: those here are by msgpack, which writes the same types in the same bytes.
"""
import datetime
import importlib.metadata
import json
import pathlib
import pickle

import flask
import msgpack
from flask_session.sessions import RedisSessionInterface

NOW = 1_796_000_000
VERSION = importlib.metadata.version('Flask-Session')
KEY = 'a secret key of Flask'
ID = '3f1a9b70-9f0c-4d7e-8e57-2f64b9f1a001'
NEW_ID = 'Zq3vJ0vY0m0m8pT4dP-3kqk3v_0aTn4Dq1WcX7u1bYk'
cookies, records = [], []


def signed(sid, secret=KEY):
    app = flask.Flask('shop')
    app.secret_key = secret
    interface = RedisSessionInterface(object(), 'session:', use_signer=True)
    return interface._get_signer(app).sign(sid.encode()).decode()


def add(name, value, reads, keys=(KEY,)):
    cookies.append({'name': name, 'value': value, 'keys': {'secretKeys': list(keys)}, 'reads': reads})


def record(name, value, reads):
    records.append({'name': name, 'value': value.hex(), 'keys': {}, 'reads': reads})


def read(data, permanent=True, flash=()):
    return {'data': data, 'permanent': permanent, 'flash': list(flash)}


MALFORMED, FORGED, UNSUPPORTED = ({'refused': why} for why in ('malformed', 'forged', 'unsupported'))
for kind, sid in (('of 0.6 and newer', NEW_ID), ('that is a UUID', ID)):
    add(f'a signed id {kind}', signed(sid), {'id': sid})
    add(f'an id {kind}, not signed', sid, {'id': sid}, ())
    add(f'an id {kind}, not signed, where it must be', sid, MALFORMED)
    add(f'an id {kind}, signed, where it is not', signed(sid), MALFORMED, ())
add('after a rotation', signed(ID, 'the oldest key'), {'id': ID}, ['the newest key', 'the oldest key'])
add('an id of another key', signed(ID, 'another key'), FORGED)
add('an id with the signature of another', ID + signed(NEW_ID)[len(NEW_ID):], FORGED)
add('an empty signature', ID + '.', MALFORMED)
add('two signatures', signed(ID) + '.AAAA', MALFORMED)
add('the name of another key of the store', '../session:' + ID, MALFORMED, ())

data = {'_permanent': True, 'user_id': 7, 'name': 'größer', 'list': [1, None, True, {'a': 0.5}], 'negative': -70000}
plain = {key: value for key, value in data.items() if key != '_permanent'}
record('msgpack', msgpack.packb(data), read(plain))
record('JSON', json.dumps(data).encode(), read(plain))
record('JSON as msgspec writes it', json.dumps(data, ensure_ascii=False, separators=(',', ':')).encode(), read(plain))
record('JSON with an escape in a key', json.dumps({'größe': 1}).encode(), read({'größe': 1}, permanent=False))
record('nothing', msgpack.packb({}), read({}, permanent=False))
record('flash messages', msgpack.packb({'_flashes': [('message', 'Saved'), ['error', 'Not saved']], 'user': 7}),
       read({'user': 7}, False, [{'category': 'message', 'message': 'Saved'}, {'category': 'error', 'message': 'Not saved'}]))
moment = datetime.datetime(2025, 11, 28, 1, 2, 3, tzinfo=datetime.timezone.utc)
record('bytes and a time', msgpack.packb({'bytes': b'\x00\xff', 'time': moment}, datetime=True),
       read({'bytes': 'AP8=', 'time': '2025-11-28T01:02:03.000Z'}, False))
many = {f'key {number}': list(range(20)) for number in range(20)}
record('more than fifteen keys', msgpack.packb(many), read(many, False))
long = {'text': 'ö' * 70_000}
record('a long text', msgpack.packb(long), read(long, False))
record('the largest number that JavaScript holds', msgpack.packb({'n': 2**53 - 1}), read({'n': 2**53 - 1}, False))
record('a number that it cannot hold', msgpack.packb({'n': 2**53 + 1}), UNSUPPORTED)
record('a number that it cannot hold, in JSON', json.dumps({'n': 2**53 + 1}).encode(), UNSUPPORTED)
for protocol in (2, 3, 4, 5):
    record(f'pickle of protocol {protocol}', pickle.dumps(data, protocol), UNSUPPORTED)
record('a pickle as Flask-Session wrote it', RedisSessionInterface.serializer.dumps(data), UNSUPPORTED)
record('an extension of somebody', msgpack.packb({'a': msgpack.ExtType(5, b'x')}), MALFORMED)
record('a list', msgpack.packb([1]), MALFORMED)
record('a text', msgpack.packb('text'), MALFORMED)
record('nothing at all', b'', MALFORMED)
record('a map that ends before its end', msgpack.packb(data)[:-1], MALFORMED)
record('something behind the map', msgpack.packb(data) + b'\x00', MALFORMED)
record('a list that says that it is endless', b'\x81\xa1a\xdd\xff\xff\xff\xff', MALFORMED)
record('a map that says that it is endless', b'\xdf\xff\xff\xff\xff', MALFORMED)
record('levels without end', b'\x81\xa1a' + b'\x91' * 100_000 + b'\xc0', MALFORMED)

made = f'Flask-Session {VERSION}'
for name, vectors in (('flask-session', cookies), ('flask-session-records', records)):
    target = pathlib.Path(__file__).parent.parent / f'{name}-{VERSION}.json'
    target.write_text(json.dumps({'madeWith': made, 'now': NOW, 'vectors': vectors}, indent=1) + '\n')
