package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// valueForm is how the values of a patch are written that are not text by nature. The OpenAPI file
// types the value as a string; clients in the field send numbers and booleans as such.
type valueForm int32

const (
	formUnknown valueForm = iota
	formRaw               // true, 5, {…}
	formText              // "true", "5", "{…}"
)

// sendPatch sends the operations in the form that this server is known to take. While that is not
// known it tries them as they are, and after a 400 once as text. Sending them again is harmless: a
// 400 refuses, and a replace that had been applied in part would set the same values.
func (c *Client) sendPatch(ctx context.Context, r *request, ops []PatchOp) (*answer, error) {
	form := valueForm(c.form.Load())
	if !anyUnquoted(ops) {
		r.body = ops
		return c.do(ctx, r)
	}
	if form == formText {
		return c.sendAs(ctx, r, ops, formText)
	}
	a, err := c.sendAs(ctx, r, ops, formRaw)
	if err == nil || form == formRaw || !refusedAsInvalid(err) {
		return a, err
	}
	a, second := c.sendAs(ctx, r, ops, formText)
	if second != nil && refusedAsInvalid(second) {
		return nil, err // the form was not what is wrong
	}
	return a, second
}

func (c *Client) sendAs(ctx context.Context, r *request, ops []PatchOp, form valueForm) (*answer, error) {
	r.body = ops
	if form == formText {
		quoted, err := asText(ops)
		if err != nil {
			return nil, r.invalid("%w", err)
		}
		r.body = quoted
	}
	a, err := c.do(ctx, r)
	if err == nil {
		c.form.Store(int32(form))
	}
	return a, err
}

func refusedAsInvalid(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == Invalid && e.Status == http.StatusBadRequest
}

// anyUnquoted reports whether a value has a JSON form other than a string and null.
func anyUnquoted(ops []PatchOp) bool {
	for _, op := range ops {
		switch op.Value.(type) {
		case bool, int, int64, *Recurrence:
			return true
		}
	}
	return false
}

func asText(ops []PatchOp) ([]PatchOp, error) {
	out := make([]PatchOp, len(ops))
	for i, op := range ops {
		out[i] = op
		switch op.Value.(type) {
		case bool, int, int64, *Recurrence:
			b, err := json.Marshal(op.Value)
			if err != nil {
				return nil, fmt.Errorf("the value for %s cannot be written as JSON: %w", op.Path, encodingCause(err))
			}
			if text := string(b); text != "null" {
				out[i].Value = text
			}
		}
	}
	return out, nil
}
