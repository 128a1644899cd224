package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// origin says who wrote an envelope.
type origin int

const (
	server origin = iota // the simulated Exchange
	own                  // Lockstep's client
	peer                 // another client, whose envelopes nobody here can mend: counted, not validated
)

func (o origin) String() string {
	switch o {
	case server:
		return "resp"
	case own:
		return "req"
	case peer:
		return "peer"
	default:
		return fmt.Sprintf("origin(%d)", int(o))
	}
}

// file is one recorded envelope, named OPERATION.VERSION.ORIGIN.HASH.xml. The version is that of the request, "none" where it named none.
type file struct {
	name, operation, version string
	from                     origin
}

func parse(name string) (file, error) {
	parts := strings.Split(name, ".")
	if n := len(parts) - 5; n > 0 { // the operation is whatever a client called it
		parts = append([]string{strings.Join(parts[:n+1], ".")}, parts[n+1:]...)
	}
	if len(parts) != 5 || parts[4] != "xml" || slices.Contains(parts, "") {
		return file{}, fmt.Errorf("file %s is not named OPERATION.VERSION.ORIGIN.HASH.xml", name)
	}
	for _, o := range []origin{server, own, peer} {
		if parts[2] == o.String() {
			return file{name: name, operation: parts[0], version: parts[1], from: o}, nil
		}
	}
	if parts[2] == "refused" { // for its schema: somebody else's, then
		return file{name: name, operation: parts[0], version: parts[1], from: peer}, nil
	}
	return file{}, fmt.Errorf("file %s names the origin %q: want req, resp, peer or refused", name, parts[2])
}

// list reads the names in dir. An empty folder is an error: it means that nothing was recorded.
func list(dir string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list recorded envelopes: %w", err)
	}
	var files []file
	var bad []error
	for _, e := range entries {
		f, err := parse(e.Name())
		if err != nil {
			bad = append(bad, err)
			continue
		}
		files = append(files, f)
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no envelope in %s: was LOCKSTEP_RECORD_EWS set during the tests?", dir)
	}
	return files, nil
}

type key struct{ operation, version string }

// counts holds how many different envelopes there are, by origin.
type counts map[key][3]int

func tally(files []file) counts {
	c := make(counts)
	for _, f := range files {
		k := key{f.operation, f.version}
		n := c[k]
		n[f.from]++
		c[k] = n
	}
	return c
}

func (c counts) print(w io.Writer) error {
	keys := make([]key, 0, len(c))
	for k := range c {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		if n := strings.Compare(a.operation, b.operation); n != 0 {
			return n
		}
		return strings.Compare(a.version, b.version)
	})
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "operation\tversion\tour requests\tother requests\tanswers")
	for _, k := range keys {
		n := c[k]
		_, _ = fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\n", k.operation, k.version, n[own], n[peer], n[server])
	}
	return t.Flush()
}

// floor is how many different envelopes of an operation a whole test run has at least.
type floor struct {
	operation         string
	requests, answers int      // over all versions: of our client, of the simulator
	versions          []string // each with a request of our client
}

func (c counts) missing(want []floor) []error {
	var problems []error
	for _, f := range want {
		var requests, answers int
		for k, n := range c {
			if k.operation == f.operation {
				requests, answers = requests+n[own], answers+n[server]
			}
		}
		if requests < f.requests || answers < f.answers {
			problems = append(problems, fmt.Errorf("%s: %d requests of ours and %d answers recorded; want at least %d and %d",
				f.operation, requests, answers, f.requests, f.answers))
		}
		for _, v := range f.versions {
			if c[key{f.operation, v}][own] == 0 {
				problems = append(problems, fmt.Errorf("%s: no request of ours for %s recorded", f.operation, v))
			}
		}
	}
	return problems
}
