package severasim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// patchOp is PatchOperation. Of the operations only Replace is supported, by
// the help page on the REST interface.
type patchOp struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// readPatch reads the body of a PATCH.
func readPatch(body []byte) ([]patchOp, error) {
	var ops []patchOp
	if err := decode(body, &ops); err != nil {
		return nil, invalid("", "The request body must be an array of patch operations.")
	}
	if len(ops) == 0 {
		return nil, invalid("", "The request body holds no patch operation.")
	}
	for _, op := range ops {
		switch strings.ToLower(op.Op) {
		case "replace":
		case "add", "copy", "move", "remove", "test":
			return nil, refused(op.Path, "Operation %s is not supported. Only Replace is supported.", op.Op)
		default:
			return nil, invalid(op.Path, "The patch operation %q is unknown.", op.Op)
		}
		if !strings.HasPrefix(op.Path, "/") {
			return nil, invalid(op.Path, "The path of a patch operation must begin with a slash.")
		}
	}
	return ops, nil
}

// field is the path without its slash, in lower case: names match without case.
func (op patchOp) field() string { return strings.ToLower(strings.TrimPrefix(op.Path, "/")) }

// value is a patch operation's value under the switch that says how it must be written.
type value struct {
	op    patchOp
	style PatchValues
}

func (v value) null() bool {
	raw := bytes.TrimSpace(v.op.Value)
	return len(raw) == 0 || string(raw) == "null"
}

func (v value) bad(want string) error {
	return invalid(v.op.Path, "The value of %s must be %s.", v.op.Path, want)
}

// text reads a string.
func (v value) text() (string, error) {
	if v.null() {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(v.op.Value, &s); err != nil {
		return "", v.bad("a string")
	}
	return s, nil
}

// unquoted returns what is not a string by nature: JSON as such, or inside a string.
func (v value) unquoted(want string) (string, error) {
	var s string
	isString := json.Unmarshal(v.op.Value, &s) == nil
	switch {
	case v.null():
		return "", v.bad(want + ", not null")
	case isString && v.style == PatchRaw:
		return "", v.bad(want + ", not a string")
	case !isString && v.style == PatchStrings:
		return "", v.bad("a string that holds " + want)
	case isString:
		return s, nil
	}
	return string(v.op.Value), nil
}

func (v value) boolean() (bool, error) {
	s, err := v.unquoted("a boolean")
	if err != nil {
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, v.bad("true or false")
}

func (v value) time() (time.Time, error) {
	s, err := v.text()
	if err != nil || s == "" {
		return time.Time{}, err
	}
	t, err := parseTime(s)
	if err != nil {
		return time.Time{}, v.bad("a date and time")
	}
	return t, nil
}

// guid reads the value of a path such as /ownerUser/guid, or of /ownerUser as an object.
func (v value) guid() (string, error) {
	if v.null() {
		return "", nil
	}
	if strings.HasSuffix(v.op.field(), "/guid") {
		s, err := v.text()
		return strings.ToLower(s), err
	}
	s, err := v.unquoted("an object with a guid")
	if err != nil {
		return "", err
	}
	var o struct{ GUID string }
	if err := json.Unmarshal([]byte(s), &o); err != nil || o.GUID == "" {
		return "", v.bad("an object with a guid")
	}
	return strings.ToLower(o.GUID), nil
}

// setIn puts a value at a path below a JSON object, making objects on the way.
func setIn(tree map[string]any, path []string, v any) error {
	key := path[0]
	for k := range tree {
		if strings.EqualFold(k, key) {
			key = k
		}
	}
	if len(path) == 1 {
		tree[key] = v
		return nil
	}
	child, ok := tree[key].(map[string]any)
	if !ok {
		if tree[key] != nil {
			return fmt.Errorf("%s is not an object", key)
		}
		child = map[string]any{}
		tree[key] = child
	}
	return setIn(child, path[1:], v)
}

// loose reads a JSON value; a string that holds a number or boolean becomes one.
func (v value) loose() any {
	var out any
	if json.Unmarshal(v.op.Value, &out) != nil {
		return nil
	}
	s, ok := out.(string)
	if !ok {
		return out
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if b, err := strconv.ParseBool(strings.ToLower(s)); err == nil && len(s) > 3 {
		return b
	}
	return s
}
