"""A Flask application with a login, at a port that it prints: `python3 flask_app.py SECRET_KEY`."""
import logging
import sys

from flask import Flask, flash, session
from werkzeug.serving import make_server

app = Flask('shop')
app.secret_key = sys.argv[1]
logging.getLogger('werkzeug').disabled = True


@app.route('/login')
def login():
    session.permanent = True
    session['_user_id'] = 'ada'
    session['cart'] = ['book']
    flash('Welcome', 'info')
    return 'ada'


@app.route('/')
def index():
    return session.get('_user_id', 'nobody')


server = make_server('127.0.0.1', 0, app)
print(server.server_port, flush=True)
server.serve_forever()
