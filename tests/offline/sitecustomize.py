"""Cut a Python process off from the network: only this machine can be reached.

The tests put this folder on PYTHONPATH, so that every kernel they start runs a lesson as it would
run on a train. Python imports a module of this name by itself when it starts.
"""

import socket

_LOCAL = ("127.", "::1", "localhost", "0.0.0.0")
_connect, _connect_ex, _getaddrinfo = (
    socket.socket.connect,
    socket.socket.connect_ex,
    socket.getaddrinfo,
)


def _refuse_outside(host):
    if host and not str(host).startswith(_LOCAL):
        raise OSError(f"the network is blocked in this test: {host}")


def _address(sock, address):
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        _refuse_outside(address[0])
    return address


socket.socket.connect = lambda self, address: _connect(self, _address(self, address))
socket.socket.connect_ex = lambda self, address: _connect_ex(self, _address(self, address))


def getaddrinfo(host, *args, **kwargs):
    _refuse_outside(host.decode() if isinstance(host, bytes) else host)
    return _getaddrinfo(host, *args, **kwargs)


socket.getaddrinfo = getaddrinfo
COURSE_OFFLINE = True
