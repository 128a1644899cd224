package ews

import (
	"context"
	"errors"
	"net/http"
)

// Reply is an answer of any kind.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Post signs in at the address and sends one document there, for services beside Exchange.asmx. It follows no redirect. The error is an *Error.
func Post(ctx context.Context, o Options, headers map[string]string, body []byte) (Reply, error) {
	const op = "Post"
	o, u, err := o.withDefaults()
	if err != nil {
		return Reply{}, &Error{Op: op, Class: ClassInvalid, Err: err}
	}
	l, err := newLane(&o, u, newGate(o.Guard))
	if err != nil {
		return Reply{}, &Error{Op: op, Class: ClassInvalid, Err: err}
	}
	defer l.tr.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	h := http.Header{"Content-Type": {"text/xml; charset=utf-8"}, "User-Agent": {o.UserAgent}, "Client-Request-Id": {requestID()}}
	for name, value := range headers {
		h.Set(name, value)
	}
	resp, err := l.exchange(ctx, h, body)
	if err != nil {
		return Reply{}, finish(operation{name: op}, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := readBody(resp, o.MaxAnswer)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			e = transportError(err, true)
		}
		return Reply{}, finish(operation{name: op}, e)
	}
	return Reply{Status: resp.StatusCode, Header: resp.Header, Body: text}, nil
}
