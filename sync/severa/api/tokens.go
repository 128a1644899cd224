package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	tokenRoute   = "/v1/token"
	renewBefore  = 5 * time.Minute
	unknownLife  = 10 * time.Minute // when the server names no life
	maxTokenLife = 30 * 24 * time.Hour
)

// token is a granted access token.
type token struct {
	value   string
	kind    string   // of the Authorization header
	scopes  []string // lower case; nil: not known
	renewAt time.Time
}

// lacks reports whether the token is known to be without a scope. A grant that names none of the
// scopes that were asked for is in a form that this client cannot read and proves nothing.
func (t token) lacks(scope string) bool {
	return scope != "" && t.scopes != nil && !slices.Contains(t.scopes, strings.ToLower(scope))
}

// tokenSource holds the current token and lets one sign-in happen at a time. Those who wait for a
// sign-in share its failure, so that ten callers do not use up both attempts on one wrong secret.
type tokenSource struct {
	turn chan struct{}

	mu       sync.Mutex
	current  token
	attempts int
	lastErr  *Error
}

func newTokenSource() *tokenSource { return &tokenSource{turn: make(chan struct{}, 1)} }

func (s *tokenSource) valid(now time.Time) (token, int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current, s.attempts, s.current.value != "" && now.Before(s.current.renewAt)
}

func (s *tokenSource) reject(t token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.value == t.value {
		s.current = token{}
	}
}

func (s *tokenSource) settle(t token, err *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts++
	s.current, s.lastErr = t, err
}

func (s *tokenSource) failedSince(attempts int) *Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.attempts == attempts || s.lastErr == nil {
		return nil
	}
	return s.lastErr
}

// token returns a token with some life left.
func (c *Client) token(ctx context.Context, op string) (token, *Error) {
	s := c.tokens
	t, seen, ok := s.valid(c.opts.Now())
	if ok {
		return t, nil
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return token{}, &Error{Op: op, Class: Unavailable, Err: ctx.Err()}
	}
	defer func() { <-s.turn }()
	if t, _, ok = s.valid(c.opts.Now()); ok {
		return t, nil
	}
	failed := s.failedSince(seen)
	if failed == nil {
		t, failed = c.signIn(ctx)
		if ctx.Err() == nil { // what one caller cancelled is no answer to the others
			s.settle(t, failed)
		}
	}
	if failed != nil {
		e := *failed
		e.Op = op + ": " + e.Op
		return token{}, &e
	}
	return t, nil
}

// CheckScopes signs in where that is due and reports every scope of the options that the server did
// not grant.
func (c *Client) CheckScopes(ctx context.Context) error {
	const op = "check scopes"
	t, failed := c.token(ctx, op)
	if failed != nil {
		return failed
	}
	var missing []string
	for _, s := range c.opts.Scopes {
		if t.lacks(s) {
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		return &Error{Op: op, Class: ScopeMissing, Scopes: missing}
	}
	return nil
}

type tokenAsk struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Scope        string `json:"scope"`
}

// tokenGrant has the names of the API, which are not those of RFC 6749.
type tokenGrant struct {
	Token      string          `json:"access_token"`
	Type       string          `json:"access_token_type"`
	ExpiresIn  json.RawMessage `json:"access_token_expires_in"`
	ExpiresUTC Time            `json:"access_token_expires_utc"`
	Scope      string          `json:"scope"`
}

// signIn asks for a token. Its errors are never OutcomeUnknown and never Sent: the call that needed
// the token has not left.
func (c *Client) signIn(ctx context.Context) (token, *Error) {
	r := &request{op: "sign in", method: http.MethodPost, route: tokenRoute, path: tokenRoute, want: []int{http.StatusOK, http.StatusCreated}}
	if err := c.opts.Guard.Allow(ctx); err != nil {
		if ctx.Err() != nil {
			return token{}, &Error{Op: r.op, Class: Unavailable, Err: ctx.Err()}
		}
		return token{}, &Error{Op: r.op, Class: Auth, Err: err}
	}
	payload, err := json.Marshal(tokenAsk{c.opts.ClientID, c.opts.Secret.text(), strings.Join(c.opts.Scopes, ",")}) //nolint:gosec // the sign-in is where the secret goes
	if err != nil {
		return token{}, r.invalid("the credentials cannot be written as JSON")
	}
	asked := c.opts.Now()
	res := c.patient(ctx, r, payload, c.base.String()+r.path, token{})
	if res.err != nil {
		return token{}, c.signInRefused(ctx, res.err)
	}
	t, err := readGrant(res.answer, asked, c.opts.Scopes)
	if err != nil {
		return token{}, &Error{Op: r.op, Class: Protocol, Status: res.answer.status, Err: err}
	}
	if err := c.opts.Guard.Succeeded(ctx); err != nil {
		return token{}, &Error{Op: r.op, Class: Unavailable, Err: err}
	}
	return t, nil
}

func (c *Client) signInRefused(ctx context.Context, e *Error) *Error {
	e.Sent = false
	switch e.Class {
	case Auth, Invalid, Forbidden:
		if e.WholeOrganisation() && e.Class != Auth {
			return e // the credentials are right, the organisation is not ready
		}
		// Which status a wrong secret gets is not documented: each of these counts as a refusal.
		e.Class = Auth
		e.Err = errors.New("check the client id and the client secret")
		if err := c.opts.Guard.Failed(ctx); err != nil {
			e.Err = errors.Join(e.Err, err)
		}
	case ScopeMissing:
		e.Scopes = slices.Clone(c.opts.Scopes)
		e.Err = errors.New("the server refused the set, at least one of them is missing")
	case NotFound:
		e.Class, e.Err = Protocol, errNotFromAPI
	case Throttled, Unavailable, OutcomeUnknown, Protocol, Certificate, HostUnknown:
	}
	return e
}

func readGrant(a *answer, asked time.Time, wanted []string) (token, error) {
	var g tokenGrant
	if len(a.body) == 0 {
		return token{}, errEmpty
	}
	if err := json.Unmarshal(a.body, &g); err != nil {
		return token{}, describe(err)
	}
	if !headerText(g.Token) {
		return token{}, errors.New("the answer holds no usable access token")
	}
	if g.Type == "" {
		g.Type = "Bearer"
	}
	if !headerText(g.Type) || len(g.Type) > 32 {
		return token{}, errors.New("the answer names no usable kind of token")
	}
	life := g.life(a, asked)
	return token{
		value:  g.Token,
		kind:   g.Type,
		scopes: grantedScopes(g.Scope, wanted),
		// Half its life for a token that lives under ten minutes: else each call would ask for one.
		renewAt: asked.Add(life - min(renewBefore, life/2)),
	}, nil
}

// life prefers the duration, which needs no common clock. The end as an instant is measured against
// the server's own clock where it tells it.
func (g tokenGrant) life(a *answer, asked time.Time) time.Duration {
	if n, err := strconv.ParseFloat(strings.Trim(string(g.ExpiresIn), `" `), 64); err == nil && n > 0 {
		if n >= maxTokenLife.Seconds() {
			return maxTokenLife
		}
		return time.Duration(n * float64(time.Second))
	}
	if !g.ExpiresUTC.IsZero() {
		from := a.serverTime()
		if from.IsZero() {
			from = asked
		}
		if d := g.ExpiresUTC.Sub(from); d > 0 {
			return min(d, maxTokenLife)
		}
	}
	return unknownLife
}

// grantedScopes reads the grant, whose separator is seen as comma, comma with space, and space. It
// returns nil when the grant names none of the wanted scopes.
func grantedScopes(text string, wanted []string) []string {
	granted := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '\t' })
	for _, w := range wanted {
		if slices.Contains(granted, strings.ToLower(w)) {
			return granted
		}
	}
	return nil
}
