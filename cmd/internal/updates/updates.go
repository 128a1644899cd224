// Package updates finds out whether there is a newer version, where an office has asked for that. It only tells: it
// fetches one small text over https, and must never fetch, start or install a program, nor say who asks.
package updates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
)

// Newest is what the address answers: {"version": "0.2.0", "notes": "https://…"}.
type Newest struct {
	Version string `json:"version"`
	Notes   string `json:"notes"`
}

// maxAnswer bounds what is read.
const maxAnswer = 64 << 10

// Look asks an address for the newest version. It is the zero Newest when that is not newer than ours.
func Look(ctx context.Context, client *http.Client, address, ours string) (Newest, error) {
	if !secure(address) {
		return Newest{}, errors.New("look for a newer version: the address is not https")
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("the address leads elsewhere") }
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return Newest{}, fmt.Errorf("look for a newer version: %w", err)
	}
	req.Header.Set("User-Agent", "Lockstep")
	resp, err := own.Do(req)
	if err != nil {
		return Newest{}, fmt.Errorf("look for a newer version: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return Newest{}, fmt.Errorf("look for a newer version: the answer is %s", resp.Status)
	}
	var out Newest
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&out); err != nil {
		return Newest{}, fmt.Errorf("look for a newer version: read the answer: %w", err)
	}
	theirs, ok := parse(out.Version)
	if !ok || out.Notes != "" && !secure(out.Notes) {
		return Newest{}, errors.New("look for a newer version: the answer names no version, or an address that is not https")
	}
	if have, ok := parse(ours); ok && !have.before(theirs) {
		return Newest{}, nil
	}
	return out, nil
}

func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// number is a version of which only finished ones are told: 1.2.3.
type number [3]int

var form = regexp.MustCompile(`^(\d{1,6})\.(\d{1,6})\.(\d{1,6})$`)

func parse(text string) (n number, ok bool) {
	parts := form.FindStringSubmatch(text)
	if parts == nil {
		return n, false
	}
	for i := range n {
		n[i], _ = strconv.Atoi(parts[i+1]) // at most six digits: it cannot fail
	}
	return n, true
}

func (n number) before(other number) bool {
	for i := range n {
		if n[i] != other[i] {
			return n[i] < other[i]
		}
	}
	return false
}
