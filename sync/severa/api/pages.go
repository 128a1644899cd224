package api

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	// RowCount is the size of a page. The OpenAPI file names 100 as the most.
	RowCount = 100

	nextPageHeader = "NextPageToken"
	maxPageToken   = 4096
)

var errPageLoop = errors.New("the server names a page that it has already given; the list cannot be completed")

// list walks the pages of a list. All parameters but the page token stay the same from page to page.
// The sequence ends after the last page or after the first error; a list is complete only when a page
// with Last set was seen.
func list[T row](ctx context.Context, c *Client, r *request) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		query := maps.Clone(r.query)
		if query == nil {
			query = url.Values{}
		}
		seen := map[string]bool{}
		for n := 0; ; n++ {
			if n == c.opts.MaxPages {
				yield(Page[T]{}, &Error{Op: r.op, Class: Protocol, Sent: true, Err: fmt.Errorf("the list has more than %d pages", n)})
				return
			}
			page, next, err := fetch[T](ctx, c, r, query)
			if err == nil && next != "" && (seen[next] || len(next) > maxPageToken) {
				err = &Error{Op: r.op, Class: Protocol, Status: http.StatusOK, Sent: true, Err: errPageLoop}
			}
			if err != nil {
				yield(Page[T]{}, err)
				return
			}
			if !yield(page, nil) || page.Last {
				return
			}
			seen[next] = true
			query.Set("pageToken", next)
		}
	}
}

func fetch[T row](ctx context.Context, c *Client, r *request, query url.Values) (Page[T], string, error) {
	one := *r
	one.query = query
	a, err := c.do(ctx, &one)
	if err != nil {
		return Page[T]{}, "", err
	}
	rows, problems, err := decodeRows[T](a.body)
	if err != nil {
		return Page[T]{}, "", c.unread(r, a, err)
	}
	next := a.header.Get(nextPageHeader)
	return Page[T]{Rows: rows, Problems: problems, ServerTime: a.serverTime(), Last: next == ""}, next, nil
}

// All gathers a list. Rows that could not be read come back beside the others. On an error nothing
// is returned, so that a part is never taken for the whole.
func All[T any](pages iter.Seq2[Page[T], error]) ([]T, []RowError, error) {
	var rows []T
	var problems []RowError
	for page, err := range pages {
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, page.Rows...)
		problems = append(problems, page.Problems...)
	}
	return rows, problems, nil
}

// PageTokenRefused reports whether a list broke off because the server no longer takes its own page
// token. How long one lives is not documented; the list must begin anew.
func PageTokenRefused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == Invalid && strings.EqualFold(e.Parameter, "pageToken")
}

// refused is a sequence of one error.
func refused[T any](err error) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) { yield(Page[T]{}, err) }
}

func setAll(v url.Values, key string, values []string) {
	if len(values) > 0 {
		v[key] = slices.Clone(values)
	}
}

func setBool(v url.Values, key string, b *bool) {
	if b == nil {
		return
	}
	v.Set(key, boolText(*b))
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
