package foreign

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/template"
)

// node is an XML element.
type node struct {
	name xml.Name
	attr map[string]string
	kids []*node
	text string
}

func parse(t *testing.T, doc string) *node {
	t.Helper()
	root := &node{}
	stack := []*node{root}
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		token, err := d.Token()
		if err == io.EOF { //nolint:errorlint // Token returns it bare
			break
		}
		if err != nil {
			t.Fatalf("answer is not XML: %v\n%s", err, doc)
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name, attr: make(map[string]string)}
			for _, a := range token.Attr {
				n.attr[a.Name.Local] = a.Value
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
	if len(root.kids) != 1 {
		t.Fatalf("answer has %d root elements\n%s", len(root.kids), doc)
	}
	return root.kids[0]
}

// all returns the elements of that name at any depth, in the order of the document.
func (n *node) all(name string) []*node {
	var found []*node
	for _, k := range n.kids {
		if k.name.Local == name {
			found = append(found, k)
		}
		found = append(found, k.all(name)...)
	}
	return found
}

// first returns the first such element, an empty one when there is none.
func (n *node) first(name string) *node {
	if found := n.all(name); len(found) > 0 {
		return found[0]
	}
	return &node{attr: make(map[string]string)}
}

func (n *node) texts(name string) []string {
	var out []string
	for _, k := range n.all(name) {
		out = append(out, k.text)
	}
	return out
}

func (n *node) attrs(name, attr string) []string {
	var out []string
	for _, k := range n.all(name) {
		out = append(out, k.attr[attr])
	}
	return out
}

// values holds what a file in testdata/soap has placeholders for.
type values map[string]any

// request fills a file in. Missing values are empty.
func request(t *testing.T, file string, v values) string {
	t.Helper()
	tmpl, err := template.New(file + ".xml").Option("missingkey=zero").ParseFiles(filepath.Join("testdata", "soap", file+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	if v == nil {
		v = values{}
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// answer is what curl got.
type answer struct {
	status int
	header map[string][]string // names in lower case
	body   string
	*node
}

// curl posts a request that was written by hand, as Anna with NTLM.
func (o office) curl(t *testing.T, file string, v values, args ...string) answer {
	t.Helper()
	got := o.raw(t, request(t, file, v), append([]string{"--ntlm", "-u", `OFFICE\anna:` + password}, args...)...)
	got.node = parse(t, got.body)
	return got
}

// raw posts a body with curl and does not look at the answer.
func (o office) raw(t *testing.T, body string, args ...string) answer {
	t.Helper()
	path, err := exec.LookPath("curl")
	if err != nil {
		missing(t, "curl")
	}
	dir := t.TempDir()
	headers, out := filepath.Join(dir, "headers"), filepath.Join(dir, "body")
	all := []string{
		"--silent", "--show-error", "--noproxy", "*", "--max-time", "60", "-D", headers, "-o", out,
		"-H", "Content-Type: text/xml; charset=utf-8", "--data-binary", "@-", "-w", "%{http_code}",
	}
	if o.ca != "" {
		all = append(all, "--cacert", o.ca)
	}
	all = append(append(all, args...), o.url)
	cmd := exec.CommandContext(t.Context(), path, all...)
	cmd.Stdin = strings.NewReader(body)
	var status, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &status, &errOut
	if err := cmd.Run(); err != nil {
		t.Fatalf("curl: %v: %s", err, errOut.String())
	}
	got := answer{header: make(map[string][]string), body: read(t, out)}
	statuses := status.String() // one for each request; the last counts
	if got.status, err = strconv.Atoi(statuses[max(0, len(statuses)-3):]); err != nil {
		t.Fatal(err)
	}
	// Only the headers of the last answer: those before it belong to the sign-in.
	blocks := strings.Split(strings.TrimSpace(read(t, headers)), "\r\n\r\n")
	for _, line := range strings.Split(blocks[len(blocks)-1], "\r\n")[1:] {
		name, value, _ := strings.Cut(line, ": ")
		name = strings.ToLower(name)
		got.header[name] = append(got.header[name], value)
	}
	return got
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// expect fails the test unless every response message has one of the codes, in order.
func (a answer) expect(t *testing.T, codes ...string) answer {
	t.Helper()
	if got := fmt.Sprint(a.texts("ResponseCode")); got != fmt.Sprint(codes) {
		t.Fatalf("response codes = %v, want %v\n%s", got, codes, a.body)
	}
	return a
}

// entries makes n entries in Anna's calendar and returns their ids and change keys.
func (o office) entries(t *testing.T, n int) (ids, keys []string) {
	t.Helper()
	var items []values
	var codes []string
	for i := range n {
		items = append(items, values{
			"Subject": fmt.Sprintf("Entry %d", i), "Category": fmt.Sprintf("C%d", i%2),
			"Start": fmt.Sprintf("2026-03-%02dT09:00:00Z", i+1), "End": fmt.Sprintf("2026-03-%02dT10:00:00Z", i+1),
			"Extended": []values{{"Field": stampField, "Value": fmt.Sprintf("activity;%d", i)}},
		})
		codes = append(codes, "NoError")
	}
	got := o.curl(t, "createitem", values{"Items": items}).expect(t, codes...)
	return got.attrs("ItemId", "Id"), got.attrs("ItemId", "ChangeKey")
}

const stampField = `PropertySetId="6f2f5a0e-5c4b-4c59-9a2f-0d6f6f0a7a11" PropertyName="ForeignStamp" PropertyType="String"`
