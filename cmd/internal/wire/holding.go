package wire

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"lockstep/cmd/internal/policy"
	"lockstep/sync/state"
)

// Where a value comes from that no policy fixes.
const (
	FromSettings = "settings"
	FromDefault  = "default"
)

// Holding is the value of one setting, and where it comes from.
type Holding struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	From  string `json:"from"`            // a level of package policy, FromSettings or FromDefault
	Where string `json:"where,omitempty"` // the policy's file or key of the registry
}

// Holdings are the values of all settings that a policy can fix, for an
// office that is set up as stored says.
func Holdings(set policy.Set, stored state.Settings) ([]Holding, error) {
	if _, err := fix(set); err != nil {
		return nil, err
	}
	var out []Holding
	for _, key := range policy.Keys() {
		h := Holding{Key: key.Name, Value: key.Default, From: FromDefault}
		l, isFixed := set.Lock(key.Name)
		said, err := saying(key, stored)
		switch {
		case err != nil:
			return nil, err
		case isFixed:
			h.Value, h.From, h.Where = words(l.Value), l.Level.String(), l.Where
		case said != "":
			h.Value, h.From = said, FromSettings
		}
		out = append(out, h)
	}
	return out, nil
}

// saying is what settings say for one key, in the words of an office.toml;
// empty where they say nothing of their own.
func saying(key policy.Key, s state.Settings) (string, error) {
	var only state.Settings
	copies()[key.Name](&only, &s)
	if reflect.DeepEqual(only, state.Settings{}) {
		return "", nil
	}
	for _, word := range key.Choices {
		set := policy.Resolve(policy.Layer{Values: map[string]any{key.Name: word}})
		x, err := fix(set)
		if err != nil {
			return "", err
		}
		if x.agrees(key.Name, s) {
			return word, nil
		}
	}
	return words(leaf(reflect.ValueOf(only))), nil
}

// leaf is the one value in a structure that is not zero.
func leaf(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				return leaf(v.Field(i))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			if !v.Index(i).IsZero() {
				return leaf(v.Index(i))
			}
		}
	case reflect.Pointer:
		return leaf(v.Elem())
	default:
	}
	return v.Interface()
}

// words is a value as people read it.
func words(v any) string {
	if d, ok := v.(time.Duration); ok && d%time.Minute == 0 {
		return strings.TrimSuffix(d.String(), "0s")
	}
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice {
		return fmt.Sprint(v)
	}
	parts := make([]string, list.Len())
	for i := range parts {
		parts[i] = fmt.Sprint(list.Index(i).Interface())
	}
	return strings.Join(parts, ", ")
}

// StoredSettings are what an office is set up with, without the policies, from
// the note of them that a home folder has beside its store: it can be read
// while an agent holds the store. The zero Settings: not set up.
func StoredSettings(home string) state.Settings { return readOutline(home).Settings }
