package ewssim

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// faultError is an error of the whole request: HTTP 500 with a SOAP fault.
type faultError struct {
	code, text string
	line       int
	values     []string // name, value, name, value
	status     int      // 0 for 500
}

func (f *faultError) Error() string { return f.code + ": " + f.text }

func faultf(code, format string, args ...any) *faultError {
	return &faultError{code: code, text: fmt.Sprintf(format, args...)}
}

// invalid is the fault of a request that does not follow the schema.
func invalid(n *xmlnode.Node, format string, args ...any) *faultError {
	f := faultf("ErrorSchemaValidation", "The request failed schema validation: "+format, args...)
	if n != nil {
		f.line = n.Line
	}
	return f
}

func busyFault(wait time.Duration) *faultError {
	f := faultf("ErrorServerBusy", "The server cannot service this request right now. Try again later.")
	f.values = []string{"BackOffMilliseconds", strconv.FormatInt(wait.Milliseconds(), 10)}
	return f
}

// write makes the envelope. The detail's own elements are in the errors
// namespace but MessageXml is in the types namespace, as on real servers.
func (f *faultError) write(w *xmlnode.Writer, head func(*xmlnode.Writer)) {
	w.Raw(`<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="` + xmlnode.SOAP + `"><s:Header>`)
	head(w)
	w.Raw(`</s:Header><s:Body><s:Fault>`)
	w.Text("faultcode", "a:"+f.code, "xmlns:a", xmlnode.Types)
	w.Text("faultstring", f.text, "xml:lang", "en-US")
	w.Open("detail")
	w.Text("e:ResponseCode", f.code, "xmlns:e", xmlnode.Errors)
	w.Text("e:Message", f.text, "xmlns:e", xmlnode.Errors)
	if f.line > 0 || len(f.values) > 0 {
		w.Open("t:MessageXml", "xmlns:t", xmlnode.Types)
		if f.line > 0 {
			w.Int("t:LineNumber", f.line)
			w.Int("t:LinePosition", 1)
			w.Text("t:Violation", f.text)
		}
		for i := 0; i+1 < len(f.values); i += 2 {
			w.Text("t:Value", f.values[i+1], "Name", f.values[i])
		}
		w.Close("t:MessageXml")
	}
	w.Raw(`</detail></s:Fault></s:Body></s:Envelope>`)
}

func (f *faultError) httpStatus() int {
	if f.status != 0 {
		return f.status
	}
	return http.StatusInternalServerError
}

// problemError is an error of one response message.
type problemError struct {
	code, text string
	warning    bool
	values     []string      // name, value pairs of MessageXml
	path       *xmlnode.Node // offending property for MessageXml
}

func (p *problemError) Error() string { return p.code + ": " + p.text }

func problemf(code, format string, args ...any) *problemError {
	return &problemError{code: code, text: fmt.Sprintf(format, args...)}
}

func notFound() *problemError {
	return problemf("ErrorItemNotFound", "The specified object was not found in the store.")
}
