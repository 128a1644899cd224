package severasim

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"lockstep/sync/internal/faultscript"
)

// refusedByFault answers for faults that keep the work from being done.
func (s *Server) refusedByFault(req *request, rt route) (answer, bool) {
	switch req.fault.Kind {
	case faultscript.Throttle:
		a := s.overQuota()
		if after := req.fault.RetryAfter; after > 0 {
			a = a.with("Retry-After", seconds(after))
		}
		return a, true
	case faultscript.Unavailable:
		a := answer{status: http.StatusServiceUnavailable, text: "The service is unavailable."}
		if after := req.fault.RetryAfter; after > 0 {
			a = a.with("Retry-After", seconds(after))
		}
		return a, true
	case faultscript.DropBefore:
		return answer{}, true
	case faultscript.Unauthorized:
		return unauthorized(), true
	case faultscript.ExpiredCursor:
		if req.query.Get("pageToken") != "" {
			return badPageToken(), true
		}
	case faultscript.EmptyPage:
		if rt.op == "GET /v1/activities" || rt.access == scoped && !strings.Contains(rt.op, "{guid}") && strings.HasPrefix(rt.op, "GET ") {
			return answer{status: http.StatusOK, body: []struct{}{}}, true
		}
	case faultscript.None, faultscript.DropAfter, faultscript.Malformed, faultscript.Truncated, faultscript.Slow, faultscript.Skew:
	}
	return answer{}, false
}

// malformed is what a Malformed fault answers: it begins like a row, has the
// wrong types and breaks off with a comma too many.
const malformed = `[{"guid":42,"name":{"text":null},"startDateTime":"soon",},]`

// send writes the answer, or what the fault leaves of it.
func (s *Server) send(w http.ResponseWriter, a answer, req *request) {
	kind := req.fault.Kind
	if kind == faultscript.DropBefore || kind == faultscript.DropAfter {
		// The documented way to cut a connection from within a handler.
		panic(http.ErrAbortHandler)
	}
	data := []byte(a.text)
	contentType := "text/plain; charset=utf-8"
	if a.body != nil {
		b, err := encode(a.body)
		if err != nil {
			s.log.Error("encode answer", "err", err)
			a.status = http.StatusInternalServerError
		}
		data, contentType = b, "application/json; charset=utf-8"
	}
	if kind == faultscript.Malformed {
		data, contentType = []byte(malformed), "application/json; charset=utf-8"
		if a.status == http.StatusNoContent {
			a.status = http.StatusOK
		}
	}
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	if len(data) > 0 {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	}
	w.WriteHeader(a.status)
	if kind == faultscript.Truncated {
		data = data[:len(data)/2]
	}
	if _, err := w.Write(data); err != nil {
		s.log.Debug("caller gone", "err", err)
	}
	if kind == faultscript.Truncated {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func seconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}

// rateLimit counts requests in windows of a second that begin with the first
// request in them, as the library whose message the service uses does.
type rateLimit struct {
	perSecond int
	mu        sync.Mutex
	windows   map[string]window
}

type window struct {
	start time.Time
	n     int
}

func (l *rateLimit) allow(key string, now time.Time) bool {
	if l.perSecond < 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[key]
	if age := now.Sub(w.start); w.n == 0 || age < 0 || age >= time.Second {
		w = window{start: now}
	}
	w.n++
	l.windows[key] = w
	return w.n <= l.perSecond
}

func (s *Server) rateKey(req *request) string {
	if s.opts.Switches.QuotaPerAddress {
		host, _, _ := strings.Cut(req.http.RemoteAddr, ":")
		return host
	}
	return "client" // there is but one client id
}

// overQuota is the documented refusal.
func (s *Server) overQuota() answer {
	n := s.opts.RatePerSecond
	if n < 0 {
		n = 10
	}
	a := answer{
		status: http.StatusTooManyRequests,
		text:   fmt.Sprintf("API calls quota exceeded! maximum admitted %d per 1s.", n),
	}
	if !s.opts.Switches.NoRetryAfter {
		a = a.with("Retry-After", "1")
	}
	return a
}
