package ewssim

import (
	"net/http"
	"strings"
)

// Front is what stands before the service, or what has become of it, so that no
// request of a client comes to Exchange.
type Front int

// The fronts. The zero value lets everything through.
const (
	FrontNone        Front = iota
	FrontPage              // 200 with a web page: a captive portal, or another server
	FrontLogin             // a redirect to the sign-in page of Outlook on the web
	FrontElsewhere         // a redirect to another server
	FrontSession           // 440: the session of a gateway's sign-in page is over
	FrontForbidden         // 403: EWS is switched off, or this program is not let in
	FrontNotFound          // 404: there is no service at the address
	FrontUnavailable       // 503: the application pool is stopped
	FrontError             // 500 with a page of ASP.NET
	FrontCut               // the connection is closed without an answer
	FrontOpen              // 200 with something that wants no sign-in
	FrontOAuth             // 401 that offers Bearer alone
)

// Broken is a state in which an office can find its server. The zero value is
// one that works.
type Broken struct {
	Front Front
	// Elsewhere is where FrontElsewhere leads.
	Elsewhere string
	// Autodiscover is how the server is found by an address.
	Autodiscover Autodiscovery
	// Codes answers operations by name ("*": all) with a response code. A code
	// about the whole mailbox comes as a SOAP fault, one about an item as a
	// response message.
	Codes map[string]string
	// NoMarks refuses items with extended properties, as a mailbox does that has
	// reached its limit of named properties; LoseMarks takes and forgets them.
	NoMarks, LoseMarks bool
}

// Break puts the server into a state, also while it serves.
func (s *Server) Break(b Broken) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = b
}

func (s *Server) brokenNow() Broken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

const errorPage = `<html><head><title>Runtime Error</title></head><body><h1>Server Error in '/EWS' Application.</h1></body></html>`

// front answers in the place of the service; false lets the request through.
func (s *Server) front(w http.ResponseWriter, r *http.Request) bool {
	b := s.brokenNow()
	page := func(status int, text string) bool {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text)) // a client that is gone is its own business
		return true
	}
	switch b.Front {
	case FrontNone:
		return false
	case FrontPage:
		return page(http.StatusOK, "<html><body>Welcome. Accept the terms to use this network.</body></html>")
	case FrontLogin:
		w.Header().Set("Location", "https://"+r.Host+"/owa/auth/logon.aspx?url=https%3a%2f%2f"+r.Host+"%2fews%2fexchange.asmx&reason=0")
		return page(http.StatusFound, "")
	case FrontElsewhere:
		w.Header().Set("Location", b.Elsewhere)
		return page(http.StatusFound, "")
	case FrontSession:
		return page(440, "<html><body>Login Timeout</body></html>") // IIS's own number; net/http has no name for it
	case FrontForbidden:
		return page(http.StatusForbidden, "<html><body>403 - Forbidden: Access is denied.</body></html>")
	case FrontNotFound:
		return page(http.StatusNotFound, "<html><body>404 - File or directory not found.</body></html>")
	case FrontUnavailable:
		return page(http.StatusServiceUnavailable, "<html><body><h2>Service Unavailable</h2></body></html>")
	case FrontError:
		return page(http.StatusInternalServerError, errorPage)
	case FrontCut:
		cut(w)
	case FrontOpen:
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(`<?xml version="1.0" encoding="utf-8"?><status>ok</status>`)) // as above
	case FrontOAuth:
		w.Header().Add("WWW-Authenticate", `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*"`)
		return page(http.StatusUnauthorized, "")
	}
	return true
}

// perItem are operations that answer an item's trouble in a response message.
var perItem = map[string]bool{
	"CreateItem": true, "UpdateItem": true, "DeleteItem": true, "GetItem": true, "Subscribe": true, "GetUserConfiguration": true, "GetFolder": true,
}

// code is the response code that the state gives an operation.
func (s *Server) code(op string) string {
	codes := s.brokenNow().Codes
	if c := codes[op]; c != "" {
		return c
	}
	return codes["*"]
}

// spoilt answers an operation with the code that the state gives it; nil lets it through.
func (c *call) spoilt() error {
	code := c.srv.code(c.op)
	if code == "" {
		return nil
	}
	const text = "The request was refused."
	if whole := strings.Contains(code, "Mailbox") || strings.Contains(code, "Account") || strings.Contains(code, "Password"); whole || !perItem[c.op] {
		return faultf(code, text)
	}
	var tail func()
	switch c.op {
	case "CreateItem", "UpdateItem", "GetItem":
		tail = c.emptyItems
	}
	return c.messages(func() error { return c.fail(problemf(code, text), tail) })
}
