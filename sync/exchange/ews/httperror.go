package ews

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// transportError classifies an error of the connection. A write that may have been sent becomes Unknown in the call above.
func transportError(err error, sent bool) *Error {
	e := &Error{Class: ClassUnavailable, Sent: sent, Err: err}
	var (
		dns       *net.DNSError
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		bad       x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case errors.Is(err, ErrPin), errors.As(err, &verify), errors.As(err, &authority), errors.As(err, &host), errors.As(err, &bad):
		e.Class, e.Sent = ClassCertificate, false
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Class, e.Sent = ClassHostUnknown, false
	case errors.As(err, &record):
		e.Class, e.Sent = ClassProtocol, false
	case !sent && strings.Contains(err.Error(), "tls: "):
		// crypto/tls exports no type for a handshake that finds no common version or cipher.
		e.Class = ClassProtocol
	}
	return e
}

const unavailablePause = 30 * time.Second

// statusError classifies an HTTP status without a SOAP answer. A write becomes Unknown in the call above unless the status says that the request
// was turned away at the door.
// Source: https://learn.microsoft.com/exchange/client-developer/exchange-web-services/ews-throttling-in-exchange.
func statusError(status int, h http.Header, from *url.URL, now time.Time) *Error {
	e := &Error{Class: ClassProtocol, HTTPStatus: status, Sent: true, RetryAfter: retryAfter(h, now)}
	if code := h.Get("X-CasErrorCode"); strings.HasPrefix(code, "Error") && len(code) < 100 {
		e.Code = code
		class, pause := classify(code, false, true)
		if class != ClassInvalid {
			e.Class = class
			setDefault(&e.RetryAfter, pause)
			return e
		}
	}
	switch {
	case status >= 300 && status < 400:
		redirectError(e, h.Get("Location"), from)
	case status == http.StatusUnauthorized:
		// Only a server that answered the first step of the sign-in with something else gets here: the next call starts over.
		e.Class = ClassUnavailable
	case status == http.StatusForbidden, status == 456, status == 457:
		e.Class = ClassBlocked
		e.Err = errors.New("the server refuses the account, this program or this address; EWS may be switched off or filtered by user agent")
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusGone:
		e.Err = errors.New("there is no Exchange web service at this address; it usually ends in /EWS/Exchange.asmx")
	case status == 440:
		e.Class = ClassAuth
		e.Err = errors.New("a sign-in page in front of the server has ended the session")
	case status == http.StatusRequestEntityTooLarge, status == http.StatusInsufficientStorage:
		e.Class = ClassInvalid
		e.Err = errors.New("the request is too large for the server")
	case status == http.StatusTooManyRequests:
		e.Class = ClassThrottled
		setDefault(&e.RetryAfter, busyPause)
	case status == http.StatusRequestTimeout, status >= 500:
		e.Class = ClassUnavailable
		if status == http.StatusServiceUnavailable {
			setDefault(&e.RetryAfter, unavailablePause)
		}
	}
	return e
}

// redirectError never leads to a second request: the secret stays with the host that the user named.
func redirectError(e *Error, location string, from *url.URL) {
	to, err := from.Parse(location)
	if location == "" || err != nil {
		e.Err = errors.New("the server redirects to nowhere")
		return
	}
	if strings.Contains(strings.ToLower(to.Path), "genericerrorpage") {
		e.Class = ClassUnavailable
		e.Err = errors.New("the server shows its error page")
		return
	}
	e.Err = fmt.Errorf("the server redirects to %s://%s%s, which is not followed; check the address", to.Scheme, to.Host, to.Path)
}

// turnedAway tells whether the status alone proves that the request was not carried out.
func turnedAway(status int) bool {
	return status >= 300 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusConflict
}

// retryAfter reads the header in both of its forms (RFC 9110 section 10.2.3).
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, err := strconv.Atoi(v); err == nil {
		return min(max(time.Duration(n), 0), maxPause/time.Second) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), maxPause)
	}
	return 0
}
