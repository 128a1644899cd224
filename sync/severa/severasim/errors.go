package severasim

import (
	"errors"
	"net/http"
)

// exceptionModel is the body of every error but 404 and 429.
type exceptionModel struct {
	Error errorModel `json:"error"`
}

type errorModel struct {
	HTTPStatusCode int               `json:"httpStatusCode"`
	Type           string            `json:"type"`
	Details        []exceptionDetail `json:"details"`
	Stack          *string           `json:"stack"`
}

type exceptionDetail struct {
	Message  string             `json:"message"`
	URL      *string            `json:"url"`
	Location *exceptionLocation `json:"location"`
}

type exceptionLocation struct {
	Type       string  `json:"type"`
	Name       string  `json:"name"`
	Identifier *string `json:"identifier"`
}

// The documented kinds of location.
const (
	inPath  = "PathParameter"
	inBody  = "RequestBody"
	inQuery = "UriParameter"
)

// fail answers with an ExceptionModel. Which type goes with which status is not
// documented; the callers' choices are inferred from the names.
func fail(status int, typ, message string) answer {
	return answer{status: status, body: exceptionModel{Error: errorModel{
		HTTPStatusCode: status, Type: typ, Details: []exceptionDetail{{Message: message}},
	}}}
}

func failAt(typ, message, where, name string) answer {
	a := fail(http.StatusBadRequest, typ, message)
	m, _ := a.body.(exceptionModel)
	m.Error.Details[0].Location = &exceptionLocation{Type: where, Name: name}
	a.body = m
	return a
}

// unauthorized is the answer to a token that is missing, unknown or has run out.
func unauthorized() answer {
	return fail(http.StatusUnauthorized, "AuthenticationRequired", "Authentication is required.").with("WWW-Authenticate", "Bearer")
}

// missing is the documented 404: without a body.
func missing() answer { return answer{status: http.StatusNotFound} }

// because turns the store's refusal into an answer.
func because(err error, where string) answer {
	var r *refusal
	if !errors.As(err, &r) {
		return fail(http.StatusInternalServerError, "InternalSystemError", "An unexpected error occurred.")
	}
	switch r.kind {
	case notFound:
		return missing()
	case invalidOperation:
		return failAt("InvalidOperation", r.text, where, r.field)
	default:
		return failAt("InvalidParameter", r.text, where, r.field)
	}
}
