// A server of the HTTP cache protocol that keeps under /ac/ only what the published code of Bazel's remote execution API
// reads as an ActionResult, and answers it only while its output files are there, as bazel-remote documents of itself: it
// notes who put a message, so that what is read was written by the API's own code. Entries are held in memory.
//
// Its environment says what it does: ADDRESS, USER and PASSWORD, and CERTIFICATE and KEY, files, for TLS.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"

	api "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"
)

var (
	entryPath = regexp.MustCompile(`^/(?:.*/)?(ac|cas)/([0-9a-f]{64})$`)
	hash      = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

type cache struct {
	mutex   sync.Mutex
	entries map[string][]byte
}

func (c *cache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	if user != os.Getenv("USER") || password != os.Getenv("PASSWORD") {
		w.Header().Set("WWW-Authenticate", `Basic realm="cache"`)
		http.Error(w, "who asks?", http.StatusUnauthorized)
		return
	}
	entry := entryPath.FindStringSubmatch(r.URL.Path)
	if entry == nil {
		http.Error(w, "no entry of a cache", http.StatusBadRequest)
		return
	}
	kind, name := entry[1], entry[2]
	c.mutex.Lock()
	defer c.mutex.Unlock()
	switch r.Method {
	case http.MethodPut:
		if err := c.put(kind, name, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	case http.MethodGet, http.MethodHead:
		content, found := c.entries[kind+"/"+name]
		if !found || kind == "ac" && !c.complete(content) {
			http.Error(w, "Not found", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(content)
	default:
		http.Error(w, "Method not supported", http.StatusMethodNotAllowed)
	}
}

func (c *cache) put(kind, name string, r *http.Request) error {
	if r.ContentLength < 0 {
		return errors.New("PUT without Content-Length")
	}
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if kind == "cas" {
		sum := sha256.Sum256(content)
		if hex.EncodeToString(sum[:]) != name {
			return errors.New("the bytes are not those of the hash")
		}
	} else if content, err = noted(content, r.RemoteAddr); err != nil {
		return err
	}
	c.entries[kind+"/"+name] = content
	return nil
}

// An ActionResult as the API writes it, with the worker that put it.
func noted(content []byte, worker string) ([]byte, error) {
	var result api.ActionResult
	if err := proto.Unmarshal(content, &result); err != nil {
		return nil, err
	}
	if len(result.ProtoReflect().GetUnknown()) > 0 {
		return nil, errors.New("fields that are not of an ActionResult")
	}
	for _, file := range result.OutputFiles {
		if file.Path == "" || strings.HasPrefix(file.Path, "/") {
			return nil, errors.New("an output file without a relative path")
		}
		if file.Digest == nil || file.Digest.SizeBytes < 0 || !hash.MatchString(file.Digest.Hash) {
			return nil, errors.New("an output file without a digest")
		}
	}
	result.ExecutionMetadata = &api.ExecutedActionMetadata{Worker: worker}
	return proto.Marshal(&result)
}

// Whether the files of an ActionResult are there, with their sizes.
func (c *cache) complete(content []byte) bool {
	var result api.ActionResult
	if proto.Unmarshal(content, &result) != nil {
		return false
	}
	for _, file := range result.OutputFiles {
		blob, found := c.entries["cas/"+file.Digest.Hash]
		if !found || int64(len(blob)) != file.Digest.SizeBytes {
			return false
		}
	}
	return true
}

func main() {
	server := http.Server{
		Addr:    os.Getenv("ADDRESS"),
		Handler: &cache{entries: map[string][]byte{}},
	}
	certificate, key := os.Getenv("CERTIFICATE"), os.Getenv("KEY")
	if certificate != "" {
		log.Fatal(server.ListenAndServeTLS(certificate, key))
	}
	log.Fatal(server.ListenAndServe())
}
