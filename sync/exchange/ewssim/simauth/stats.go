package simauth

import (
	"errors"
	"maps"
	"strings"
)

// Stats counts what a Gate has seen since it was made.
type Stats struct {
	Anonymous  int // requests without credentials on a connection that is not signed in
	Challenges int // NTLM challenges sent
	Handshakes int // NTLM sign-ins that succeeded
	Reused     int // requests without credentials on a connection that is signed in
	Basic      int // requests let in by Basic
	Orphans    int // NTLM answers on a connection that was sent no challenge
	Unreadable int // credentials of a scheme that is not offered or that could not be read
	Unbound    int // sign-ins refused for the channel binding token alone

	Refused map[string]int // sign-ins refused, by user name without domain in lower case
}

var errLocked = errors.New("account is locked")

// settle books the outcome of a sign-in and turns it into a refusal where the account is locked.
func (g *Gate) settle(who Identity, err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil && g.locked[who.User] {
		err = errLocked
	}
	if err == nil {
		delete(g.wrong, who.User)
		return nil
	}
	if g.stats.Refused == nil {
		g.stats.Refused = make(map[string]int)
	}
	g.stats.Refused[who.User]++
	switch {
	case errors.Is(err, errBindingMissing), errors.Is(err, errBindingMismatch), errors.Is(err, errBindingPlainHTTP):
		g.stats.Unbound++
	case errors.Is(err, errWrongPassword):
		g.wrong[who.User]++
		if g.opts.LockAfter > 0 && g.wrong[who.User] >= g.opts.LockAfter {
			g.locked[who.User] = true
		}
	}
	return err
}

func (g *Gate) count(add func(*Stats)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	add(&g.stats)
}

// Stats returns the counts so far.
func (g *Gate) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.stats
	s.Refused = maps.Clone(s.Refused)
	return s
}

// Refused returns how many sign-ins of the user, named without domain, were refused.
func (g *Gate) Refused(user string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stats.Refused[strings.ToLower(user)]
}

// Locked tells whether the user, named without domain, is locked out after too many wrong passwords.
func (g *Gate) Locked(user string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.locked[strings.ToLower(user)]
}

// Lock locks a user out, as an administrator or too many wrong passwords elsewhere do.
func (g *Gate) Lock(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.locked[strings.ToLower(user)] = true
}

// Unlock lets a locked user try again.
func (g *Gate) Unlock(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.locked, strings.ToLower(user))
	delete(g.wrong, strings.ToLower(user))
}

// Expire makes every connection that is signed in anonymous again, as a restart of IIS behind a load balancer does: the next request on it gets a 401.
func (g *Gate) Expire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.epoch++
}
