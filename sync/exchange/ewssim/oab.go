package ewssim

import (
	"encoding/xml"
	"net/http"
	"strings"
)

// oabPath is the folder of the one offline address book, where autodiscover says it is.
const oabPath = "/OAB/0a2c3c1e-8d0c-4c3f-9f0e-2f1f5f6f7a8b/"

// oabList is one list in the manifest, [MS-OXWOAB] 2.2.
type oabList struct {
	ID    string    `xml:"id,attr"`
	DN    string    `xml:"dn,attr"`
	Name  string    `xml:"name,attr"`
	Files []oabFile `xml:",any"`
}

type oabFile struct {
	XMLName  xml.Name
	Seq      int    `xml:"seq,attr"`
	Ver      int    `xml:"ver,attr"`
	Size     int    `xml:"size,attr"`
	Unpacked int    `xml:"uncompressedsize,attr,omitempty"`
	SHA      string `xml:"SHA,attr"`
	Lang     string `xml:"langid,attr,omitempty"`
	Type     string `xml:"type,attr,omitempty"`
	Name     string `xml:",chardata"`
}

// serveOAB hands out the manifest of the offline address book. The lists that
// it names are not made: nobody who knows the manifest alone asks for them.
func (s *Server) serveOAB(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.URL.Path, oabPath+"oab.xml") {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	const id, sha = "5e7b1f06-9b0c-4f57-9a1e-0d9d0a0e7c11", "0000000000000000000000000000000000000000"
	element := func(name string) xml.Name { return xml.Name{Local: name} }
	m := struct {
		XMLName xml.Name  `xml:"OAB"`
		Lists   []oabList `xml:"OAL"`
	}{Lists: []oabList{{
		ID: id, DN: "/guid=5E7B1F069B0C4F579A1E0D9D0A0E7C11", Name: `\Default Global Address List`,
		Files: []oabFile{
			{XMLName: element("Full"), Seq: 7, Ver: 32, Size: 4210, Unpacked: 19033, SHA: sha, Name: id + "-data-7.lzx"},
			{XMLName: element("Diff"), Seq: 7, Ver: 32, Size: 312, Unpacked: 19033, SHA: sha, Name: id + "-binpatch-7.lzx"},
			{XMLName: element("Template"), Seq: 7, Ver: 32, Size: 2033, SHA: sha, Lang: "0409", Type: "windows", Name: id + "-lng0409-7.lzx"},
		},
	}}}
	text, err := xml.Marshal(m)
	if err != nil {
		http.Error(w, "the manifest cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = w.Write(append([]byte(xml.Header), text...)) // a client that is gone is its own business
}
