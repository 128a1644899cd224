package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Level is whose word a policy is.
type Level int

// The levels, the strongest first.
const (
	Machine Level = iota
	User
)

// String names the level.
func (l Level) String() string {
	if l == User {
		return "user policy"
	}
	return "machine policy"
}

// Layer is one policy: what it fixes, and where it stands.
type Layer struct {
	Level Level
	Where string // a file or a key of the registry, for people to read
	// Values are string, bool, int64 or []string, by the names of Keys.
	Values map[string]any
}

// Lock is one setting that is fixed.
type Lock struct {
	Key   string
	Value any
	Level Level
	Where string
}

// Set is what all policies together fix. The zero Set fixes nothing.
type Set struct{ locks map[string]Lock }

// Resolve puts policies together. Of two of one level, the earlier wins.
func Resolve(layers ...Layer) Set {
	out := Set{locks: map[string]Lock{}}
	for _, level := range []Level{Machine, User} {
		for _, l := range layers {
			if l.Level != level {
				continue
			}
			for key, v := range l.Values {
				if _, taken := out.locks[key]; !taken {
					out.locks[key] = Lock{Key: key, Value: v, Level: level, Where: l.Where}
				}
			}
		}
	}
	return out
}

// Lock is what fixes a key, if anything does.
func (s Set) Lock(key string) (Lock, bool) {
	l, ok := s.locks[key]
	return l, ok
}

// Locks are all of them, in the order of their names.
func (s Set) Locks() []Lock {
	out := make([]Lock, 0, len(s.locks))
	for _, key := range slices.Sorted(maps.Keys(s.locks)) {
		out = append(out, s.locks[key])
	}
	return out
}

// TOML is what the set fixes, as an office.toml says it.
func (s Set) TOML() ([]byte, error) {
	tree := map[string]any{}
	for _, l := range s.Locks() {
		at := tree
		parts := strings.Split(l.Key, ".")
		for _, section := range parts[:len(parts)-1] {
			inner, ok := at[section].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[section] = inner
			}
			at = inner
		}
		at[parts[len(parts)-1]] = l.Value
	}
	text, err := toml.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return text, nil
}

// Error is a policy that cannot be followed. Lockstep does not start with one: what it was meant to forbid is not
// known.
type Error struct {
	Where string
	Say   []string // what is wrong, one sentence each
}

// Error is the sentences on one line.
func (e *Error) Error() string { return "read policy " + e.Where + ": " + strings.Join(e.Say, "; ") }

// Parse reads a policy from the text of a file.
func Parse(level Level, where string, text []byte) (Layer, error) {
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		return Layer{}, &Error{Where: where, Say: []string{"this is not TOML; a line is a [section] or key = value, with text in quotes"}}
	}
	flat := map[string]any{}
	flatten("", tree, flat)
	return layer(level, where, flat)
}

func flatten(prefix string, tree, flat map[string]any) {
	for name, v := range tree {
		if inner, ok := v.(map[string]any); ok {
			flatten(prefix+name+".", inner, flat)
			continue
		}
		flat[prefix+name] = v
	}
}

// FromRegistry reads a policy from the values below a key of the registry, which are string, uint64 or []string by
// their dotted path, as golang.org/x/sys/windows/registry gives them. A switch is a number there: 0 is false.
func FromRegistry(level Level, where string, values map[string]any) (Layer, error) {
	flat := map[string]any{}
	for name, v := range values {
		name = strings.ToLower(name) // the registry does not tell letters apart
		key, _ := keyNamed(name)
		if n, ok := v.(uint64); ok {
			v = int64(min(n, 1<<62))
			if key.Kind == Switch {
				v = n != 0
			}
		}
		flat[name] = v
	}
	return layer(level, where, flat)
}

// layer holds values against the table of keys.
func layer(level Level, where string, flat map[string]any) (Layer, error) {
	out := Layer{Level: level, Where: where, Values: map[string]any{}}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(flat)) {
		key, ok := keyNamed(name)
		if !ok {
			wrong = append(wrong, name+" is no setting that a policy of this version can fix")
			continue
		}
		v, ok := typed(key, flat[name])
		if !ok {
			say := name + ": expected " + key.Kind.String()
			if key.Choices != nil {
				say = name + ": expected one of " + strings.Join(key.Choices, ", ")
			}
			wrong = append(wrong, say)
			continue
		}
		out.Values[name] = v
	}
	if wrong != nil {
		return Layer{}, &Error{Where: where, Say: wrong}
	}
	return out, nil
}

// typed is a value as its key wants it.
func typed(key Key, v any) (any, bool) {
	switch key.Kind {
	case Text:
		s, ok := v.(string)
		s = strings.TrimSpace(s)
		return s, ok && (key.Choices == nil || slices.Contains(key.Choices, strings.ToLower(s)))
	case Switch:
		b, ok := v.(bool)
		return b, ok
	case Number:
		n, ok := v.(int64)
		return n, ok && n >= 0 && n <= 1_000_000
	case List:
		if texts, ok := v.([]string); ok {
			return texts, true
		}
		items, ok := v.([]any)
		texts := make([]string, 0, len(items))
		for _, item := range items {
			s, is := item.(string)
			ok = ok && is
			texts = append(texts, s)
		}
		return texts, ok
	}
	return nil, false
}
