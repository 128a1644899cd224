package diagnostics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Scrubber takes the names of people, addresses and ids out of texts.
type Scrubber struct {
	hash  func(string) string
	by    map[string]string // by what, in lower case, something is replaced
	known *regexp.Regexp    // everything in by
}

var (
	mail = regexp.MustCompile(`[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}.-]*[\p{L}\p{N}]`)
	// longID is an id of Exchange, a token, or anything else that is long and has
	// no meaning to a reader. Old servers write the mailbox's address into ids.
	longID = regexp.MustCompile(`[A-Za-z0-9+/_=-]{40,}`)
)

// shortest is how short a name may be that is looked for in the middle of
// texts: one of two letters would be found everywhere.
const shortest = 3

// NewScrubber makes a Scrubber whose hashes are made by hash, which must not be
// guessable for who does not hold the installation's key.
func NewScrubber(hash func(string) string) *Scrubber {
	return &Scrubber{hash: hash, by: map[string]string{}}
}

// Replace has every occurrence of a text replaced, whatever its case.
func (s *Scrubber) Replace(text, by string) {
	text = strings.ToLower(strings.TrimSpace(text))
	if len(text) < shortest {
		return
	}
	if _, taken := s.by[text]; !taken {
		s.by[text] = by
		s.known = nil
	}
}

// Hash is a text as a short hash.
func (s *Scrubber) Hash(kind, text string) string { return kind + "-" + s.hash(text) }

// Text is a text without what was named to Replace, addresses and long ids.
func (s *Scrubber) Text(text string) string {
	if len(s.by) > 0 {
		if s.known == nil {
			s.known = alternatives(s.by)
		}
		text = s.known.ReplaceAllStringFunc(text, func(found string) string {
			if by, ok := s.by[strings.ToLower(found)]; ok {
				return by
			}
			return s.Hash("name", found) // found by the folding of another case
		})
	}
	text = mail.ReplaceAllStringFunc(text, func(found string) string { return s.Hash("mail", strings.ToLower(found)) })
	return longID.ReplaceAllStringFunc(text, func(found string) string { return s.Hash("id", found) })
}

// alternatives finds any of the keys, the longest first, so that an address is
// not cut short by a name that it begins with.
func alternatives(by map[string]string) *regexp.Regexp {
	texts := make([]string, 0, len(by))
	for text := range by {
		texts = append(texts, regexp.QuoteMeta(text))
	}
	slices.SortFunc(texts, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return regexp.MustCompile("(?i)" + strings.Join(texts, "|"))
}

// holders are keys whose values name a PC and its user.
var holders = []string{"holder", "Holder", "switched_by", "approved_by", "by"}

// JSON is a value as indented JSON, each string and key of it scrubbed.
func (s *Scrubber) JSON(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write diagnostics: %w", err)
	}
	clean, err := s.object(raw)
	if err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(clean, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write diagnostics: %w", err)
	}
	return append(out, '\n'), nil
}

func (s *Scrubber) object(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("read what is to be scrubbed: %w", err)
	}
	return s.walk(v), nil
}

func (s *Scrubber) walk(v any) any {
	switch v := v.(type) {
	case string:
		return s.Text(v)
	case []any:
		for i := range v {
			v[i] = s.walk(v[i])
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, x := range v {
			if text, ok := x.(string); ok && slices.Contains(holders, key) {
				out[key] = s.Hash("pc", text)
				continue
			}
			out[s.Text(key)] = s.walk(x)
		}
		return out
	}
	return v
}
