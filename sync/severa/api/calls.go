package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// PatchOpKind is the operation of a [PatchOp].
type PatchOpKind string

// OpReplace is the only operation that the server supports. Lower case is RFC 6902's spelling and the
// one that is known to work; the OpenAPI file writes Replace.
const OpReplace PatchOpKind = "replace"

// PatchOp sets one field, named by a JSON pointer such as /startDateTime or /activityType/guid. Value
// is a string, bool, integer, Time, time.Time, Date, *Recurrence, one of this package's
// enumerations, or nil for null.
type PatchOp struct {
	Op    PatchOpKind `json:"op"` // "" means OpReplace
	Path  string      `json:"path"`
	Value any         `json:"value"`
}

// Replace returns the operation that sets path to value.
func Replace(path string, value any) PatchOp {
	return PatchOp{Op: OpReplace, Path: path, Value: value}
}

// sendable checks the operations and returns them in the form that is sent.
func sendable(ops []PatchOp) ([]PatchOp, error) {
	if len(ops) == 0 {
		return nil, errors.New("there is nothing to change")
	}
	out := make([]PatchOp, len(ops))
	seen := map[string]bool{}
	for i, op := range ops {
		if op.Op != "" && !strings.EqualFold(string(op.Op), string(OpReplace)) {
			return nil, errors.New("the server supports no operation but replace")
		}
		if len(op.Path) < 2 || op.Path[0] != '/' || !headerText(op.Path) {
			return nil, errors.New("a path must look like /startDateTime")
		}
		if key := strings.ToLower(op.Path); seen[key] {
			return nil, fmt.Errorf("the path %s is set twice", op.Path)
		} else {
			seen[key] = true
		}
		v, err := patchValue(op.Value)
		if err != nil {
			return nil, fmt.Errorf("the value for %s cannot be sent: %w", op.Path, err)
		}
		out[i] = PatchOp{Op: OpReplace, Path: op.Path, Value: v}
	}
	return out, nil
}

func patchValue(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int, int64, Time, Date,
		Category, RecurrenceType, ParticipantType, ParticipantStatus:
		return v, nil
	case string:
		if !utf8.ValidString(v) {
			return nil, errors.New("it is not valid UTF-8")
		}
		return v, nil
	case time.Time:
		return At(v), nil
	case *Recurrence:
		if f := v.fault(); f != "" {
			return nil, errors.New(f)
		}
		return v.sendable(), nil
	default:
		return nil, fmt.Errorf("values of type %T are not supported", v)
	}
}

// one reads a thing by id.
func one[T row](ctx context.Context, c *Client, r *request, ids ...string) (T, error) {
	var zero T
	path, err := fill(r.route, ids...)
	if err != nil {
		return zero, r.invalid("%w", err)
	}
	r.path = path
	return answered[T](ctx, c, r)
}

// answered performs a call whose answer is one object.
func answered[T row](ctx context.Context, c *Client, r *request) (T, error) {
	var zero T
	a, err := c.do(ctx, r)
	if err != nil {
		return zero, err
	}
	v, err := decodeOne[T](a.body)
	if err != nil {
		return zero, c.unread(r, a, err)
	}
	return v, nil
}

// patch sends operations for one id. The server answers with an array, since it takes several ids.
func patch[T row](ctx context.Context, c *Client, r *request, id string, ops []PatchOp) (T, error) {
	var zero T
	path, err := fill(r.route, id)
	if err != nil {
		return zero, r.invalid("%w", err)
	}
	body, err := sendable(ops)
	if err != nil {
		return zero, r.invalid("%w", err)
	}
	r.path = path
	a, err := c.sendPatch(ctx, r, body)
	if err != nil {
		return zero, err
	}
	v, err := decodePatched[T](a.body, id)
	if err != nil {
		return zero, c.unread(r, a, err)
	}
	return v, nil
}

// decodePatched finds the patched thing: the row with its id, or the only row.
func decodePatched[T row](body []byte, id string) (T, error) {
	var zero T
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '{' {
		return decodeOne[T](body)
	}
	rows, problems, err := decodeRows[T](body)
	if err != nil {
		return zero, err
	}
	for _, v := range rows {
		if strings.EqualFold(v.id(), id) {
			return v, nil
		}
	}
	switch {
	case len(problems) > 0:
		return zero, &problems[0]
	case len(rows) == 1:
		return rows[0], nil
	default:
		return zero, fmt.Errorf("the answer has %d rows, none with the id that was changed", len(rows))
	}
}

// remove deletes by id. Only 204, or a 200 with JSON, is an answer from the API; an empty 200 may be
// anybody's.
func (c *Client) remove(ctx context.Context, r *request, ids ...string) error {
	r.method, r.scope, r.want = http.MethodDelete, scopeDelete, []int{http.StatusNoContent, http.StatusOK}
	path, err := fill(r.route, ids...)
	if err != nil {
		return r.invalid("%w", err)
	}
	r.path = path
	a, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	if a.status == http.StatusOK && !json.Valid(a.body) {
		return c.unread(r, a, errNotFromAPI)
	}
	return nil
}
