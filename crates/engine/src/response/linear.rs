//! Small dense symmetric matrices, row-major in flat vectors: what a handful of
//! regressors needs. Must not grow into a linear algebra library.

/// A square matrix of side `k` as `k * k` numbers, row by row.
pub(crate) type Square = Vec<f64>;

/// Inverse of a symmetric positive definite matrix restricted to the rows and
/// columns in `use_column`; the others are zero in the result. A column whose
/// pivot falls below `tolerance` of its diagonal is collinear with earlier ones:
/// it is switched off in `use_column`.
pub(crate) fn inverse(a: &[f64], k: usize, use_column: &mut [bool], tolerance: f64) -> Square {
    let mut l = vec![0.0; k * k];
    for j in 0..k {
        if !use_column[j] {
            continue;
        }
        let pivot = a[j * k + j] - (0..j).map(|m| l[j * k + m] * l[j * k + m]).sum::<f64>();
        if pivot.is_nan() || pivot <= tolerance * a[j * k + j] {
            use_column[j] = false;
            (0..j).for_each(|m| l[j * k + m] = 0.0);
            continue;
        }
        l[j * k + j] = pivot.sqrt();
        for i in j + 1..k {
            let dot: f64 = (0..j).map(|m| l[i * k + m] * l[j * k + m]).sum();
            l[i * k + j] = (a[i * k + j] - dot) / l[j * k + j];
        }
    }
    let mut out = vec![0.0; k * k];
    for c in (0..k).filter(|&c| use_column[c]) {
        let mut v = vec![0.0; k];
        for i in (c..k).filter(|&i| use_column[i]) {
            let dot: f64 = (c..i).map(|m| l[i * k + m] * v[m]).sum();
            v[i] = (f64::from(i == c) - dot) / l[i * k + i];
        }
        for i in (0..k).rev().filter(|&i| use_column[i]) {
            let dot: f64 = (i + 1..k).map(|m| l[m * k + i] * out[m * k + c]).sum();
            out[i * k + c] = (v[i] - dot) / l[i * k + i];
        }
    }
    out
}

/// Scalar product of two columns, in eight running sums: always the same eight, so
/// that the result is the same everywhere.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a8.remainder().iter().zip(b8.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a8.zip(b8) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// `a · b`.
pub(crate) fn product(a: &[f64], b: &[f64], k: usize) -> Square {
    let mut out = vec![0.0; k * k];
    for i in 0..k {
        for m in 0..k {
            let factor = a[i * k + m];
            for j in 0..k {
                out[i * k + j] += factor * b[m * k + j];
            }
        }
    }
    out
}

/// `a · v`.
pub(crate) fn times(a: &[f64], v: &[f64]) -> Vec<f64> {
    let k = v.len();
    (0..k).map(|i| (0..k).map(|j| a[i * k + j] * v[j]).sum()).collect()
}

/// Adds `factor · v vᵀ`.
pub(crate) fn add_outer(a: &mut [f64], v: &[f64], factor: f64) {
    let k = v.len();
    for i in 0..k {
        for j in 0..k {
            a[i * k + j] += factor * v[i] * v[j];
        }
    }
}

/// The nearest positive semi-definite matrix: negative eigenvalues become zero
/// (Cameron, Gelbach and Miller 2011, section 2.3).
pub(crate) fn positive_part(a: &[f64], k: usize) -> Square {
    if k == 0 || a.iter().any(|v| !v.is_finite()) {
        return a.to_vec();
    }
    let eigen = nalgebra::DMatrix::from_row_slice(k, k, a).symmetric_eigen();
    if eigen.eigenvalues.iter().all(|&e| e >= 0.0) {
        return a.to_vec();
    }
    let mut out = vec![0.0; k * k];
    for (e, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        add_outer(&mut out, vector.as_slice(), e.max(0.0));
    }
    out
}

/// Lower Cholesky factor of a positive semi-definite matrix of side `N`; a
/// direction without variance gives a zero column.
pub(crate) fn cholesky<const N: usize>(a: &[[f64; N]; N]) -> [[f64; N]; N] {
    let mut l = [[0.0; N]; N];
    for j in 0..N {
        let pivot = a[j][j] - (0..j).map(|m| l[j][m] * l[j][m]).sum::<f64>();
        if pivot.is_nan() || pivot <= 1e-12 * a[j][j] {
            continue;
        }
        l[j][j] = pivot.sqrt();
        for i in j + 1..N {
            let dot: f64 = (0..j).map(|m| l[i][m] * l[j][m]).sum();
            l[i][j] = (a[i][j] - dot) / l[j][j];
        }
    }
    l
}
