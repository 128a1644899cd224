package severasim

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// params reads query parameters and keeps the first mistake.
type params struct {
	q   url.Values
	err *answer
}

func (p *params) fail(name, message string) {
	if p.err == nil {
		a := failAt("InvalidParameter", message, inQuery, name)
		p.err = &a
	}
}

// get finds a parameter by name without case.
func (p *params) get(name string) []string {
	if v, ok := p.q[name]; ok {
		return v
	}
	for k, v := range p.q {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

func (p *params) text(name string) string {
	if v := p.get(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// set reads a repeated parameter; nil when it is not there.
func (p *params) set(name string) map[string]bool {
	v := p.get(name)
	if len(v) == 0 {
		return nil
	}
	out := map[string]bool{}
	for _, s := range v {
		out[strings.ToLower(s)] = true
	}
	return out
}

// enums is set for values of an enumeration.
func (p *params) enums(name string, names []string) map[int]bool {
	v := p.get(name)
	if len(v) == 0 {
		return nil
	}
	out := map[int]bool{}
	for _, s := range v {
		i, ok := parseName(names, s)
		if !ok {
			p.fail(name, fmt.Sprintf("The value %q is not valid for %s.", s, name))
		}
		out[i] = true
	}
	return out
}

// flag reads an optional boolean.
func (p *params) flag(name string) *bool {
	s := p.text(name)
	if s == "" {
		return nil
	}
	b, err := strconv.ParseBool(strings.ToLower(s))
	if err != nil {
		p.fail(name, fmt.Sprintf("The value %q is not a boolean.", s))
		return nil
	}
	return &b
}

func (p *params) flagOr(name string, def bool) bool {
	if b := p.flag(name); b != nil {
		return *b
	}
	return def
}

func (p *params) time(name string) time.Time {
	s := p.text(name)
	if s == "" {
		return time.Time{}
	}
	t, err := parseTime(s)
	if err != nil {
		p.fail(name, "The value is not a date and time. A plus sign must be written as %2B.")
	}
	return t
}

func (p *params) number(name string, def int) int {
	s := p.text(name)
	if s == "" {
		return def
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		p.fail(name, fmt.Sprintf("The value %q is not a number.", s))
	}
	return n
}

// defaultRows is the documented page size.
const defaultRows = 20

func (p *params) rowCount(sw Switches) int {
	n := p.number("rowCount", defaultRows)
	switch {
	case n < 1:
		p.fail("rowCount", "The value must be greater than 0.")
		return defaultRows
	case n > sw.pageCap() && sw.RefuseOverCap:
		p.fail("rowCount", fmt.Sprintf("The value must be at most %d.", sw.pageCap()))
	case n > sw.pageCap():
		return sw.pageCap()
	}
	return n
}

// position is what a page token holds: the last row seen, or the number of rows seen.
type position struct {
	seq, original int64
	rows          int
}

// pageToken writes a position so that it is good only for the same query. That
// the other parameters must stay the same is inferred.
func (s *Server) pageToken(op string, q url.Values, p position) string {
	text := fmt.Sprintf("%s %d %d %d %d", fingerprint(op, q), s.now().UnixMilli(), p.seq, p.original, p.rows)
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// readPageToken is the reverse; ok is false for the first page.
func (s *Server) readPageToken(p *params, op string, q url.Values) (pos position, ok bool) {
	token := p.text("pageToken")
	if token == "" {
		return pos, false
	}
	bad := func() (position, bool) {
		if p.err == nil {
			a := badPageToken()
			p.err = &a
		}
		return position{}, false
	}
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return bad()
	}
	var query string
	var made int64
	if n, err := fmt.Sscanf(string(data), "%s %d %d %d %d", &query, &made, &pos.seq, &pos.original, &pos.rows); err != nil || n != 5 {
		return bad()
	}
	life := s.opts.Switches.PageTokenLife
	if query != fingerprint(op, q) || life > 0 && s.now().Sub(time.UnixMilli(made)) > life {
		return bad()
	}
	return pos, true
}

func badPageToken() answer {
	return failAt("InvalidParameter", "The page token is not valid.", inQuery, "pageToken")
}

// fingerprint stands for all parameters but those of paging.
func fingerprint(op string, q url.Values) string {
	rest := url.Values{}
	for k, v := range q {
		if !strings.EqualFold(k, "pageToken") && !strings.EqualFold(k, "rowCount") {
			rest[k] = v
		}
	}
	sum := sha256.Sum256([]byte(op + " " + rest.Encode()))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// pageOf cuts one page out of rows that are few and sorted, with a token that counts rows.
func pageOf[T any](s *Server, r *request, op string, p *params, rows []T) answer {
	limit := p.rowCount(s.opts.Switches)
	pos, _ := s.readPageToken(p, op, r.query)
	if p.err != nil {
		return *p.err
	}
	from := min(max(pos.rows, 0), len(rows))
	to := min(from+limit, len(rows))
	a := answer{status: http.StatusOK, body: append([]T{}, rows[from:to]...)}
	if to < len(rows) {
		a = a.with("NextPageToken", s.pageToken(op, r.query, position{rows: to}))
	}
	return a
}

// offsetPage is the other documented style of paging: firstRow and rowCount, no token.
func offsetPage[T any](s *Server, p *params, rows []T) answer {
	limit := p.rowCount(s.opts.Switches)
	from := p.number("firstRow", 0)
	if from < 0 {
		p.fail("firstRow", "The value must not be negative.")
	}
	if p.err != nil {
		return *p.err
	}
	from = min(from, len(rows))
	return answer{status: http.StatusOK, body: append([]T{}, rows[from:min(from+limit, len(rows))]...)}
}
