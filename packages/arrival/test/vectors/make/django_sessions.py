"""Makes ../django-VERSION.json and ../django-rows-VERSION.json with the Django that is installed: `python3 django_sessions.py`.

The time is fixed, so the same Django makes the same files again. What a reader must answer is written beside what Django is given.
"""
import base64
import datetime
import importlib
import json
import pathlib
import time
import zlib

import django
from django.conf import settings
from django.http import HttpRequest

NOW = 1_796_000_000
AGE = 14 * 86_400
KEY = 'a secret key of Django'
clock = NOW
time.time = lambda: clock

settings.configure(SECRET_KEY=KEY, SESSION_ENGINE='django.contrib.sessions.backends.signed_cookies', USE_TZ=True,
                   INSTALLED_APPS=['django.contrib.contenttypes', 'django.contrib.sessions'])
django.setup()

from django.contrib.messages import constants
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.db import SessionStore as RowStore
from django.contrib.sessions.backends.signed_cookies import SessionStore as CookieStore
from django.core import signing
from django.utils.safestring import mark_safe

SALT = 'django.contrib.sessions.backends.signed_cookies'
cookies, rows = [], []


def read(data, at=NOW, ends=None, permanent=True, flash=()):
    return {'data': data, 'permanent': permanent, 'flash': list(flash), 'beganAt': at, 'endsAt': ends or at + AGE}


def session_of(fill, store, secret, at):
    global clock
    clock = at
    settings.SECRET_KEY = secret
    session = store()
    fill(session)
    if store is CookieStore:
        session.save()
        value = session.session_key
    else:
        value = session.encode(dict(session.items()))
    clock = NOW
    settings.SECRET_KEY = KEY
    return value


def add(name, fill, reads, secret=KEY, at=NOW, **keys):
    """The cookie and the row of a session to which this is done."""
    keys.setdefault('secretKeys', [KEY])
    for vectors, store in ((cookies, CookieStore), (rows, RowStore)):
        expected = reads(store) if callable(reads) else reads
        vectors.append({'name': name, 'value': session_of(fill, store, secret, at), 'keys': keys, 'reads': expected})


def of(**data):
    return lambda session: session.update(data)


def signed(payload):
    """A payload that Django would not write, signed as its own."""
    return signing.TimestampSigner(salt=SALT).sign(payload)


def messages(session):
    request = HttpRequest()
    request.session = session
    storage = SessionStorage(request)
    session['user'] = 7
    storage.add(constants.INFO, 'Saved')
    storage.add(constants.ERROR, mark_safe('<b>Not</b> saved'), 'extra')
    storage.update(None)


def expiry(seconds):
    def fill(session):
        session['user'] = 7
        session.set_expiry(seconds)
    return fill


def main():
    plain = {'_auth_user_id': '7', '_auth_user_backend': 'django.contrib.auth.backends.ModelBackend', '_auth_user_hash': 'f' * 64}
    add('what a login writes', of(**plain), read(plain))
    long = ['größer als ein Kilobyte'] * 60
    add('a compressed payload', of(list=long), read({'list': long}))
    add('keys with escapes', of(**{'größe': 1, 'a"b': 2}), read({'größe': 1, 'a"b': 2}))
    add('messages', messages, read({'user': 7}, flash=[
        {'category': 'info', 'message': 'Saved'}, {'category': 'error', 'message': '<b>Not</b> saved'}]))
    add('an expiry of an hour', expiry(3600), read({'user': 7}, ends=NOW + 3600))
    add('an expiry with the browser', expiry(0), read({'user': 7}, permanent=False))
    add('an expiry of a hundred days', expiry(100 * 86_400), lambda store: read(
        {'user': 7}, ends=NOW + AGE if store is CookieStore else NOW + 100 * 86_400))
    # Django 4.1 and newer write a point in time so.
    end = datetime.datetime.fromtimestamp(NOW + 600, datetime.timezone.utc).isoformat()
    add('an expiry at a point in time', of(user=7, _session_expiry=end), read({'user': 7}, ends=NOW + 600))
    over = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc).isoformat()
    add('an expiry at a past point in time', of(user=7, _session_expiry=over), {'refused': 'expired'}, at=NOW - 86_400)
    rotated = ['the newest key', 'the key before it', 'the oldest key']
    for secret in rotated:
        add(f'after a rotation, signed with {secret}', of(user=7), read({'user': 7}), secret=secret, secretKeys=rotated)
    add('a session at its last second', of(user=7), read({'user': 7}, at=NOW - AGE + 1), at=NOW - AGE + 1)
    add('an expired session', of(user=7), {'refused': 'expired'}, at=NOW - AGE)
    add('a session from the future', of(user=7), {'refused': 'malformed'}, at=NOW + 3600)
    add('a session signed with another key', of(user=7), {'refused': 'forged'}, secret='another key')
    add('a number that JavaScript cannot hold', of(user=2**53 + 1, small=-2**53 + 1, text='9007199254740993'),
        read({'user': str(2**53 + 1), 'small': -2**53 + 1, 'text': '9007199254740993'}))

    def cookie(name, value, refused):
        cookies.append({'name': name, 'value': value, 'keys': {'secretKeys': [KEY]}, 'reads': {'refused': refused}})

    try:
        serializers = importlib.import_module('django.contrib.sessions.serializers')
        cookie('a session of pickle', signing.dumps({'user': 7}, salt=SALT, serializer=serializers.PickleSerializer), 'unsupported')
    except AttributeError:
        pass  # Django 5 has it no more.
    cookie('a row as a cookie', RowStore().encode({'user': 7}), 'forged')
    cookie('another signed value of the project', signing.dumps({'user': 7}), 'forged')
    cookie('a list instead of a session', signing.dumps([1], salt=SALT), 'malformed')
    cookie('a bomb', signed('.' + b64(zlib.compress(b'{"a":"' + b'a' * 10**6 + b'"}'))), 'too_large')
    cookie('what only looks compressed', signed('.e30'), 'malformed')
    cookie('nothing signed', signed(''), 'malformed')


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip('=')


main()
version = django.get_version()
for name, vectors in (('django', cookies), ('django-rows', rows)):
    target = pathlib.Path(__file__).parent.parent / f'{name}-{version}.json'
    target.write_text(json.dumps({'madeWith': f'Django {version}', 'now': NOW, 'vectors': vectors}, indent=1) + '\n')
