package severasim

import (
	"crypto/rand"
	"crypto/subtle"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// refreshLife is how long a refresh token is good for; not documented.
const refreshLife = 24 * time.Hour

// auth holds the client's credentials and the tokens that were given out.
type auth struct {
	mu         sync.Mutex
	id, secret string
	scopes     []string
	life       time.Duration
	access     map[string]*grant
	refresh    map[string]*grant
}

type grant struct {
	scopes map[string]bool
	until  time.Time
}

func newAuth(id, secret string, scopes []string, life time.Duration) *auth {
	return &auth{id: id, secret: secret, scopes: scopes, life: life, access: map[string]*grant{}, refresh: map[string]*grant{}}
}

func (a *auth) setClient(id, secret string, scopes []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.id, a.secret, a.scopes = id, secret, slices.Clone(scopes)
}

func (a *auth) client() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.id
}

func (a *auth) revoke() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.access)
	clear(a.refresh)
}

// check returns the grant of the request's bearer token, or nil. The header
// Client_Id is not needed: live clients leave it out.
func (a *auth) check(r *http.Request, now time.Time) *grant {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	g, ok := a.access[strings.TrimSpace(token)]
	if !ok || !now.Before(g.until) {
		return nil
	}
	return g
}

// issue gives out tokens for the scopes; those that have run out are forgotten.
func (a *auth) issue(scopes map[string]bool, now time.Time) tokenModel {
	expired := func(_ string, g *grant) bool { return !now.Before(g.until) }
	maps.DeleteFunc(a.access, expired)
	maps.DeleteFunc(a.refresh, expired)
	access, refresh := rand.Text(), rand.Text()
	a.access[access] = &grant{scopes: scopes, until: now.Add(a.life)}
	a.refresh[refresh] = &grant{scopes: scopes, until: now.Add(refreshLife)}
	return tokenModel{
		AccessToken:       access,
		AccessTokenType:   "Bearer",
		AccessExpiresIn:   wireSeconds(a.life),
		AccessExpiresUTC:  now.Add(a.life).UTC().Format(wireTime),
		RefreshToken:      refresh,
		RefreshExpiresIn:  wireSeconds(refreshLife),
		RefreshExpiresUTC: now.Add(refreshLife).UTC().Format(wireTime),
		Scope:             strings.Join(slices.Sorted(maps.Keys(scopes)), ","),
	}
}

// tokenModel is PublicAuthenticationOutputModel. Its names are not those of RFC 6749.
type tokenModel struct {
	AccessToken       string `json:"access_token"`
	Scope             string `json:"scope"`
	RefreshToken      string `json:"refresh_token"`
	RefreshExpiresIn  uint64 `json:"refresh_token_expires_in"`
	RefreshExpiresUTC string `json:"refresh_token_expires_utc"`
	AccessTokenType   string `json:"access_token_type"`
	AccessExpiresIn   uint64 `json:"access_token_expires_in"`
	AccessExpiresUTC  string `json:"access_token_expires_utc"`
}

type credentials struct {
	ClientID     string  `json:"client_id"`
	ClientSecret string  `json:"client_secret"`
	Scope        *string `json:"scope"`
}

func (s *Server) postToken(r *request) answer {
	c, err := readCredentials(r)
	if err != nil {
		return failAt("InvalidRequest", "The request body is not valid: it must be JSON.", inBody, "")
	}
	switch {
	case c.ClientID == "":
		return failAt("InvalidParameter", "The client_id field is required.", inBody, "client_id")
	case c.ClientSecret == "":
		return failAt("InvalidParameter", "The client_secret field is required.", inBody, "client_secret")
	}
	a := s.auth
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.ClientID != a.id || subtle.ConstantTimeCompare([]byte(c.ClientSecret), []byte(a.secret)) != 1 {
		return fail(http.StatusUnauthorized, "AuthenticationRequired", "Invalid client credentials.")
	}
	scopes := granted(c.Scope, a.scopes)
	if len(scopes) == 0 {
		return fail(http.StatusForbidden, "InsufficientApiScope", "None of the requested scopes is allowed for the client.")
	}
	return answer{status: http.StatusOK, body: a.issue(scopes, s.now())}
}

func readCredentials(r *request) (credentials, error) {
	var c credentials
	if strings.HasPrefix(r.http.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(r.body))
		if err != nil {
			return c, err
		}
		c.ClientID, c.ClientSecret = form.Get("client_id"), form.Get("client_secret")
		if scope := form.Get("scope"); scope != "" {
			c.Scope = &scope
		}
		return c, nil
	}
	return c, decode(r.body, &c)
}

// granted returns the scopes asked for, separated by commas, spaces or both,
// that the client may have; without any asked for, all that it may have.
func granted(asked *string, allowed []string) map[string]bool {
	out := map[string]bool{}
	if asked == nil || strings.TrimSpace(*asked) == "" {
		for _, scope := range allowed {
			out[scope] = true
		}
		return out
	}
	for _, scope := range strings.FieldsFunc(*asked, func(r rune) bool { return r == ',' || r == ' ' }) {
		if slices.Contains(allowed, scope) {
			out[scope] = true
		}
	}
	return out
}

// postRefreshToken takes the refresh token as a bare JSON string. A refresh
// token is used up by it.
func (s *Server) postRefreshToken(r *request) answer {
	var token string
	if err := decode(r.body, &token); err != nil {
		return failAt("InvalidRequest", "The request body must be the refresh token as a JSON string.", inBody, "")
	}
	a := s.auth
	a.mu.Lock()
	defer a.mu.Unlock()
	g, ok := a.refresh[token]
	if id := r.http.Header.Get("Client_Id"); id != "" && id != a.id {
		ok = false
	}
	if !ok || !s.now().Before(g.until) {
		return unauthorized()
	}
	delete(a.refresh, token)
	return answer{status: http.StatusOK, body: a.issue(g.scopes, s.now())}
}

// wireSeconds is a life time on the wire.
func wireSeconds(d time.Duration) uint64 { return uint64(max(d, 0) / time.Second) }
