/// The functions that are broken as proofs and live on as checksums: whoever uses one says so.
package enum Insecure {}
