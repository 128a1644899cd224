package ewssim

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"lockstep/sync/exchange/ewssim/internal/xmlnode"
	"lockstep/sync/exchange/ewssim/simauth"
	"lockstep/sync/internal/faultscript"
)

const (
	contentType = "text/xml; charset=utf-8" // some clients compare it literally
	maxRequest  = 16 << 20
)

func (s *Server) serveEWS(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		// Browsers get a page; clients probe with POST.
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<html><body>Exchange Web Services</body></html>")
		return
	}
	doc, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, "request cannot be read", http.StatusBadRequest)
		return
	}
	c := &call{srv: s, w: &xmlnode.Writer{RawControls: s.opts.Switches.RawControls}, account: simauth.User(r.Context()), named: "none"}
	head, op, err := s.readEnvelope(doc)
	if err != nil {
		s.reply(w, r, c, doc, err)
		return
	}
	c.op, c.req = op.Name, op
	if op.Name == "GetUserAvailabilityRequest" {
		c.op = "GetUserAvailability"
	}
	run := s.operations()[c.op]
	if run == nil {
		s.reply(w, r, c, doc, faultf("ErrorInvalidRequest", "The operation %s is not supported.", op.Name))
		return
	}
	s.store.Mu.Lock()
	err = c.readHeader(head)
	s.store.Mu.Unlock()
	if err != nil {
		s.reply(w, r, c, doc, err)
		return
	}
	s.count(s.requests, c.op, c.who())
	rule, hit := s.opts.Faults.Next(side, c.op, c.who())
	if hit {
		c.fault = rule.Kind
		if s.refuse(w, r, c, doc, rule) {
			return
		}
	}
	if !s.pause(r.Context(), s.opts.Latency) {
		return
	}
	if c.op == "GetStreamingEvents" {
		if s.code(c.op) != "" {
			s.reply(w, r, c, doc, c.spoilt())
			return
		}
		s.stream(w, r, c, doc)
		return
	}
	s.store.Mu.Lock()
	if s.code(c.op) != "" {
		run = func(context.Context, *call) error { return c.spoilt() }
	}
	err = run(r.Context(), c)
	s.store.Mu.Unlock()
	if hit && !s.spoil(w, r, c, rule) {
		return
	}
	s.reply(w, r, c, doc, err)
}

// reply sends the answer or the fault that err is.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, c *call, doc []byte, err error) {
	status := http.StatusOK
	if err != nil {
		c.w = &xmlnode.Writer{}
		f := asFault(err)
		status = f.httpStatus()
		f.write(c.w, s.versionInfo)
		s.opts.Log.DebugContext(r.Context(), "request refused", "op", c.op, "code", f.code)
	}
	body := c.w.Bytes()
	if s.opts.Record != nil {
		s.opts.Record(Exchange{Op: c.op, SchemaVersion: c.named, Client: r.UserAgent(), Request: doc, Response: body})
	}
	send(w, r, status, body)
}

// asFault turns any error into a fault: a problem that no response message
// could carry is one too.
func asFault(err error) *faultError {
	var f *faultError
	if errors.As(err, &f) {
		return f
	}
	var p *problemError
	if errors.As(err, &p) {
		return &faultError{code: p.code, text: p.text, values: p.values}
	}
	return faultf("ErrorInternalServerError", "%v", err)
}

var gzips = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	if err != nil {
		return gzip.NewWriter(io.Discard)
	}
	return z
}}

func send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "private")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || len(body) < 512 {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Set("Vary", "Accept-Encoding")
	w.WriteHeader(status)
	z, ok := gzips.Get().(*gzip.Writer)
	if !ok {
		return
	}
	defer gzips.Put(z)
	z.Reset(w)
	_, _ = z.Write(body)
	_ = z.Close()
}

// pause waits, false when the client has gone.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cut closes the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// refuse does the faults that happen before the work; true when it answered.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, c *call, doc []byte, rule faultscript.Rule) bool {
	wait := rule.RetryAfter
	if wait == 0 {
		wait = time.Second
	}
	if rule.Delay > 0 && rule.Kind != faultscript.Slow && !s.pause(r.Context(), rule.Delay) {
		return true
	}
	switch rule.Kind {
	case faultscript.Throttle:
		if s.opts.Switches.BusyInside {
			s.busyInside(w, r, c, doc, wait)
			return true
		}
		s.reply(w, r, c, doc, busyFault(wait))
		return true
	case faultscript.Unavailable:
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Round(time.Second)/time.Second)))
		http.Error(w, "The service is unavailable.", http.StatusServiceUnavailable)
		return true
	case faultscript.DropBefore:
		cut(w)
		return true
	case faultscript.Unauthorized:
		w.Header().Add("WWW-Authenticate", "Negotiate")
		w.Header().Add("WWW-Authenticate", "NTLM")
		if s.opts.Auth != AuthNTLM {
			w.Header().Add("WWW-Authenticate", `Basic realm="mail.office.test"`)
		}
		w.Header().Set("Connection", "close")
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
		return true
	case faultscript.None, faultscript.DropAfter, faultscript.Malformed, faultscript.Truncated,
		faultscript.Slow, faultscript.Skew, faultscript.ExpiredCursor, faultscript.EmptyPage:
	}
	return false
}

// busyInside is the form of throttling that comes with HTTP 200.
func (s *Server) busyInside(w http.ResponseWriter, r *http.Request, c *call, doc []byte, wait time.Duration) {
	err := c.messages(func() error {
		p := problemf("ErrorServerBusy", "The server cannot service this request right now. Try again later.")
		p.values = []string{"BackOffMilliseconds", strconv.FormatInt(wait.Milliseconds(), 10)}
		var tail func()
		switch c.op {
		case "GetItem", "CreateItem", "UpdateItem", "MoveItem":
			tail = c.emptyItems
		}
		return c.fail(p, tail)
	})
	s.reply(w, r, c, doc, err)
}

// spoil does the faults that happen after the work; false when it answered.
func (s *Server) spoil(w http.ResponseWriter, r *http.Request, c *call, rule faultscript.Rule) bool {
	body := c.w.Bytes()
	switch rule.Kind {
	case faultscript.DropAfter:
		cut(w)
		return false
	case faultscript.Truncated:
		send(w, r, http.StatusOK, body[:len(body)*2/3])
		return false
	case faultscript.Malformed:
		send(w, r, http.StatusOK, []byte(strings.Replace(string(body), "<s:Body", "<s:Body broken", 1)))
		return false
	case faultscript.Slow:
		return s.pause(r.Context(), rule.Delay)
	case faultscript.None, faultscript.Throttle, faultscript.Unavailable, faultscript.DropBefore, faultscript.Unauthorized,
		faultscript.Skew, faultscript.ExpiredCursor, faultscript.EmptyPage:
	}
	return true
}
