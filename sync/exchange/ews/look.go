package ews

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// Sight is what stands at an address, as it shows itself to who has not signed in.
type Sight struct {
	Status int
	// Schemes are the ways to sign in that a 401 offers, each once.
	Schemes []string
	// Type is the media type of the answer, XML whether it is one.
	Type string
	XML  bool
	// Location is where a redirect leads, without its query, which can hold anything.
	Location string
	// Server and FrontEnd are what the server calls itself (Server, X-FEServer).
	Server, FrontEnd string
	// Skew is how far the server's clock is ahead of ours by its Date header; Dated whether it sent one.
	Skew  time.Duration
	Dated bool
}

// Look asks the address without user and password, and without a mailbox. An answer of any status is a Sight; the error is an *Error of the connection.
// The secret need not be set.
func Look(ctx context.Context, o Options) (Sight, error) {
	const op = "Look"
	o.Auth, o.Token = AuthBearer, func(context.Context) (string, error) { return "", errors.New("sign in: looking needs none") }
	o, u, err := o.withDefaults()
	if err != nil {
		return Sight{}, &Error{Op: op, Class: ClassInvalid, Err: err}
	}
	l, err := newLane(&o, u, newGate(o.Guard))
	if err != nil {
		return Sight{}, &Error{Op: op, Class: ClassInvalid, Err: err}
	}
	defer l.tr.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	h := http.Header{
		"Content-Type": {"text/xml; charset=utf-8"}, "Accept": {"text/xml"}, "User-Agent": {o.UserAgent}, "Client-Request-Id": {requestID()},
	}
	resp, err := l.send(ctx, h, nil, "", true)
	if err != nil {
		return Sight{}, finish(operation{name: op}, err)
	}
	defer drain(resp)
	s := Sight{Status: resp.StatusCode, Server: plainHeader(resp.Header, "Server"), FrontEnd: plainHeader(resp.Header, "X-FEServer")}
	if offered := schemes(resp.Header); resp.StatusCode == http.StatusUnauthorized && offered != "nothing" {
		s.Schemes = strings.Split(offered, ", ")
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil {
		s.Type, s.XML = kind, strings.HasSuffix(kind, "xml") && !strings.Contains(kind, "html")
	}
	if to, err := u.Parse(resp.Header.Get("Location")); err == nil && resp.Header.Get("Location") != "" {
		s.Location = to.Scheme + "://" + to.Host + to.Path
	}
	if t, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		s.Skew, s.Dated = t.Sub(o.Now().Truncate(time.Second)), true
	}
	return s, nil
}

// plainHeader is a header that goes into a report: cut, and without anything but printable characters.
func plainHeader(h http.Header, name string) string {
	const most = 80
	v := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, h.Get(name))
	return v[:min(len(v), most)]
}

// lockedPage reads the page of a refusal to its end, and tells whether it says that the directory has locked the account.
func lockedPage(resp *http.Response) bool {
	const most = 64 << 10
	page, err := io.ReadAll(io.LimitReader(resp.Body, most))
	return err == nil && strings.Contains(string(page), "referenced account is currently locked out")
}

// ErrLocked says that the directory has locked the account.
var ErrLocked = errors.New("the account is locked out")
